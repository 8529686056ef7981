// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/append_file.hpp>
#include <dmdr/io/file_system.hpp>
#include <dmdr/io/image.hpp>

namespace dmdr::io {

/// Seconds since 1970, with fractions.
[[nodiscard]] double wall_time();

/// Events as TensorBoard's protocol buffers: the bytes of one `Event` each. `time` is in seconds since 1970.
///
/// The first event of a file.
[[nodiscard]] std::string version_event(double time);
/// Says that a run goes on at `step`: TensorBoard drops what earlier files hold of that step and later ones.
[[nodiscard]] std::string restart_event(double time, std::int64_t step);
/// A scalar, as float32.
[[nodiscard]] std::string scalar_event(double time, std::int64_t step, const std::string& tag, double value);
/// A picture, as PNG.
[[nodiscard]] std::string image_event(double time, std::int64_t step, const std::string& tag, const Image& image,
                                      Location where = Location::current());

/// An event as a record of an event file: its length, the masked CRC-32C of the length, the bytes, the masked CRC-32C of the bytes.
[[nodiscard]] std::string event_record(const std::string& event);

struct EventWriterSettings {
  /// Where a run is resumed: the first step that is written again.
  std::optional<std::int64_t> resumed_at{};
  double (*clock)() = &wall_time;
};

/// Writes TensorBoard event files: a new file for each writer, `events.out.tfevents.<seconds>.<host>.<pid>.<n>`, which only grows, one
/// record in one write call. Each call throws `FileError` where the record cannot be written, and the file then ends with the one before.
class EventWriter {
 public:
  /// Makes the directory where it is missing, and the file in it with its first records.
  explicit EventWriter(const std::string& directory, EventWriterSettings settings = {},
                       FileSystem& file_system = real_file_system(), Location where = Location::current());

  /// A scalar; values that are not finite are kept as such. Throws `FileError` where the tag is not UTF-8.
  void add_scalar(const std::string& tag, double value, std::int64_t step, Location where = Location::current());
  /// A picture. Throws `ShapeError` as `encode_png` does.
  void add_image(const std::string& tag, const Image& image, std::int64_t step, Location where = Location::current());

  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

 private:
  EventWriterSettings settings_;
  AppendFile file_;
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/tensorboard.ipp>  // IWYU pragma: export
#endif
