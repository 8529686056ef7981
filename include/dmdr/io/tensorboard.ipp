// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>

#include <unistd.h>

#include <dmdr/core/error.hpp>
#include <dmdr/io/crc32c.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/tensorboard.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

/// Writes fields of a protocol buffer, byte for byte as the official encoders do.
class ProtobufWriter {
 public:
  ProtobufWriter& real(int field, double value) { return bits(field, 1, std::bit_cast<std::uint64_t>(value), 8); }
  ProtobufWriter& single(int field, float value) { return bits(field, 5, std::bit_cast<std::uint32_t>(value), 4); }
  /// A number; zero is what an absent one means.
  ProtobufWriter& number(int field, std::int64_t value) {
    if (value == 0) return *this;
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtobufWriter& bytes(int field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  [[nodiscard]] const std::string& str() const { return bytes_; }

 private:
  void key(int field, unsigned wire_type) { varint(static_cast<std::uint64_t>(field) << 3U | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_ += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
    bytes_ += static_cast<char>(static_cast<unsigned char>(value));
  }
  ProtobufWriter& bits(int field, unsigned wire_type, std::uint64_t value, unsigned size) {
    key(field, wire_type);
    for (unsigned byte = 0; byte < size; ++byte)
      bytes_ += static_cast<char>(static_cast<unsigned char>(value >> 8 * byte));
    return *this;
  }

  std::string bytes_;
};

// Field numbers of tensorflow/core/util/event.proto and framework/summary.proto.
namespace event_field {
inline constexpr int wall_time = 1;
inline constexpr int step = 2;
inline constexpr int file_version = 3;
inline constexpr int summary = 5;
inline constexpr int session_log = 7;
}  // namespace event_field
namespace value_field {
inline constexpr int tag = 1;
inline constexpr int simple_value = 2;
inline constexpr int image = 4;
}  // namespace value_field

[[nodiscard]] DMDR_INLINE std::string summary_event(double time, std::int64_t step, const ProtobufWriter& value) {
  ProtobufWriter summary;
  summary.bytes(1, value.str());
  return ProtobufWriter()
      .real(event_field::wall_time, time)
      .number(event_field::step, step)
      .bytes(event_field::summary, summary.str())
      .str();
}

/// A checksum as the record format stores it, so that a checksum of checksums is no weak spot.
[[nodiscard]] DMDR_INLINE std::uint32_t masked(std::uint32_t crc) { return (crc >> 15U | crc << 17U) + 0xA282EAD8U; }

DMDR_INLINE void append_little_endian(std::string& out, std::uint64_t value, unsigned size) {
  for (unsigned byte = 0; byte < size; ++byte) out += static_cast<char>(static_cast<unsigned char>(value >> 8 * byte));
}

[[nodiscard]] DMDR_INLINE std::string event_file_name(double time) {
  static std::atomic<std::uint64_t> files{0};
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::string seconds = std::to_string(static_cast<std::int64_t>(time));
  if (seconds.size() < 10) seconds.insert(0, 10 - seconds.size(), '0');
  const std::string name = host[0] == '\0' ? "localhost" : host.data();
  return "events.out.tfevents." + seconds + "." + name + "." + std::to_string(::getpid()) + "." +
         std::to_string(files++);
}

[[nodiscard]] DMDR_INLINE std::string new_event_path(const std::string& directory, double time, FileSystem& file_system,
                                                     Location where) {
  make_directories(file_system, directory, where);
  return directory + "/" + event_file_name(time);
}

DMDR_INLINE void check_tag(const std::string& tag, Location where) {
  if (!is_utf8(tag)) throw FileError("write event: the tag is not valid UTF-8", where);
}

}  // namespace detail

DMDR_INLINE double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

DMDR_INLINE std::string version_event(double time) {
  return detail::ProtobufWriter()
      .real(detail::event_field::wall_time, time)
      .bytes(detail::event_field::file_version, "brain.Event:2")
      .str();
}

DMDR_INLINE std::string restart_event(double time, std::int64_t step) {
  constexpr int status_field = 1;
  constexpr int status_start = 1;
  return detail::ProtobufWriter()
      .real(detail::event_field::wall_time, time)
      .number(detail::event_field::step, step)
      .bytes(detail::event_field::session_log, detail::ProtobufWriter().number(status_field, status_start).str())
      .str();
}

DMDR_INLINE std::string scalar_event(double time, std::int64_t step, const std::string& tag, double value) {
  detail::ProtobufWriter scalar;
  scalar.bytes(detail::value_field::tag, tag).single(detail::value_field::simple_value, static_cast<float>(value));
  return detail::summary_event(time, step, scalar);
}

DMDR_INLINE std::string image_event(double time, std::int64_t step, const std::string& tag, const Image& image,
                                    Location where) {
  const std::vector<std::byte> png = encode_png(image, where);
  detail::ProtobufWriter picture;
  picture.number(1, image.height)
      .number(2, image.width)
      .number(3, image.channels)  // colour space: 1 grey, 3 RGB
      .bytes(4, {reinterpret_cast<const char*>(png.data()), png.size()});
  detail::ProtobufWriter value;
  value.bytes(detail::value_field::tag, tag).bytes(detail::value_field::image, picture.str());
  return detail::summary_event(time, step, value);
}

DMDR_INLINE std::string event_record(const std::string& event) {
  std::string record;
  detail::append_little_endian(record, event.size(), 8);
  detail::append_little_endian(record, detail::masked(crc32c(record)), 4);
  record += event;
  detail::append_little_endian(record, detail::masked(crc32c(event)), 4);
  return record;
}

DMDR_INLINE EventWriter::EventWriter(const std::string& directory, EventWriterSettings settings,
                                     FileSystem& file_system, Location where)
    : settings_(settings),
      file_(file_system, detail::new_event_path(directory, settings.clock(), file_system, where), "write events",
            where) {
  file_.append(event_record(version_event(settings_.clock())));
  if (settings_.resumed_at) file_.append(event_record(restart_event(settings_.clock(), *settings_.resumed_at)));
}

DMDR_INLINE void EventWriter::add_scalar(const std::string& tag, double value, std::int64_t step, Location where) {
  detail::check_tag(tag, where);
  file_.append(event_record(scalar_event(settings_.clock(), step, tag, value)));
}

DMDR_INLINE void EventWriter::add_image(const std::string& tag, const Image& image, std::int64_t step, Location where) {
  detail::check_tag(tag, where);
  file_.append(event_record(image_event(settings_.clock(), step, tag, image, where)));
}

}  // namespace dmdr::io
