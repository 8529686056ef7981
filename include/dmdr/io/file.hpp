// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// An open file of a `FileSystem`. Interrupted calls are repeated and partial ones continued; every other failure is a `FileError`
/// that names the operation, the path and the cause.
///
/// The descriptor is closed with the object; `close()` before that reports what the system has to say about it.
class File {
 public:
  /// Opens `path`. With `OpenMode::read` and `append` it must be a regular file.
  /// `operation` is what the user asked for, in the user's words: it begins every error's text.
  File(FileSystem& file_system, std::string path, OpenMode mode, std::string operation,
       Location where = Location::current());
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t size() const;

  /// Fills `into` from the current position; throws where the file ends before.
  void read_exactly(std::span<std::byte> into);
  /// Reads up to `into.size()` bytes; fewer only at the end of the file.
  [[nodiscard]] std::size_t read_up_to(std::span<std::byte> into);
  void write_all(std::span<const std::byte> bytes);
  void truncate(std::uint64_t size);
  void sync();
  void close();

  [[noreturn]] void fail(const std::string& what) const;

 private:
  [[noreturn]] void fail(const char* call, int error) const;

  FileSystem& file_system_;
  std::string path_;
  std::string operation_;
  Location where_;
  int descriptor_ = -1;
};

/// All bytes of a regular file of at most `max_bytes`.
[[nodiscard]] std::vector<std::byte> read_file(FileSystem& file_system, const std::string& path,
                                               std::uint64_t max_bytes, const std::string& operation = "read file",
                                               Location where = Location::current());

/// Makes a directory and those above it that are missing.
void make_directories(FileSystem& file_system, const std::string& directory, Location where = Location::current());

/// The bytes of a text.
[[nodiscard]] inline std::span<const std::byte> bytes_of(const std::string& text) noexcept {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/file.ipp>  // IWYU pragma: export
#endif
