// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// What a file operation gives: a value, or the `errno` that it failed with.
template <class T>
struct Outcome {
  T value{};
  int error = 0;  ///< 0 where the operation succeeded
};

/// An operation that gives nothing but its success.
template <>
struct Outcome<void> {
  int error = 0;
};

/// How a file is opened.
enum class OpenMode : std::uint8_t {
  read,        ///< an existing file; never waits, not even for the writer of a pipe
  create_new,  ///< a new file to write; `EEXIST` where one is there
  append,      ///< to write at the end, created where absent
};

enum class FileKind : std::uint8_t { regular, directory, other };

struct FileStatus {
  FileKind kind = FileKind::other;
  std::uint64_t size = 0;  ///< bytes of a regular file
};

/// The operating system's file operations, one call each, so that a test can let any of them fail.
///
/// An operation does what the system call of its name does, partial writes and `EINTR` included: `File` and `write_file_atomically`
/// deal with those. Nothing is thrown but `std::bad_alloc`.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  /// The descriptor of an opened file.
  [[nodiscard]] virtual Outcome<int> open(const std::string& path, OpenMode mode) = 0;
  /// How many bytes came; 0 at the end of the file.
  [[nodiscard]] virtual Outcome<std::size_t> read(int file, std::span<std::byte> into) = 0;
  /// How many bytes went.
  [[nodiscard]] virtual Outcome<std::size_t> write(int file, std::span<const std::byte> bytes) = 0;
  [[nodiscard]] virtual Outcome<FileStatus> status(int file) = 0;
  /// Cuts the file to its first `size` bytes.
  [[nodiscard]] virtual Outcome<void> truncate(int file, std::uint64_t size) = 0;
  /// Brings the file's bytes to the disk.
  [[nodiscard]] virtual Outcome<void> sync(int file) = 0;
  [[nodiscard]] virtual Outcome<void> close(int file) = 0;

  /// Gives `path` a second name.
  [[nodiscard]] virtual Outcome<void> link(const std::string& path, const std::string& second) = 0;
  /// Moves a file over another in one step.
  [[nodiscard]] virtual Outcome<void> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Outcome<void> remove(const std::string& path) = 0;
  [[nodiscard]] virtual Outcome<void> make_directory(const std::string& path) = 0;
  /// Names of the entries of a directory, sorted, without `.` and `..`.
  [[nodiscard]] virtual Outcome<std::vector<std::string>> list(const std::string& directory) = 0;
  /// Brings the names in a directory to the disk.
  [[nodiscard]] virtual Outcome<void> sync_directory(const std::string& directory) = 0;
};

/// The machine's own file system.
[[nodiscard]] FileSystem& real_file_system();

/// `No space left on device (errno 28)`.
[[nodiscard]] std::string describe_errno(int error);

/// The directory part of a path, `.` where it has none.
[[nodiscard]] std::string directory_of(const std::string& path);

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/file_system.ipp>  // IWYU pragma: export
#endif
