// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// A log that only grows, record by record, of one writer.
///
/// A record goes out in one write call. Where the disk takes only a part of it, that part is taken back and `FileError` raised, so that
/// the file ends with a whole record whatever happens to the process.
class AppendFile {
 public:
  /// Opens `path`, made where it is absent. `operation` begins the text of every error.
  AppendFile(FileSystem& file_system, std::string path, const std::string& operation,
             Location where = Location::current());

  void append(std::span<const std::byte> record);
  void append(const std::string& record);
  /// Cuts the file to its first `size` bytes.
  void truncate(std::uint64_t size);
  /// Brings what was written to the disk.
  void sync();

  /// Bytes of the whole records.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

 private:
  File file_;
  std::uint64_t size_ = 0;
  bool has_half_record_ = false;  ///< behind `size_`, where taking it back failed
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/append_file.ipp>  // IWYU pragma: export
#endif
