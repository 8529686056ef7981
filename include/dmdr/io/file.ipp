// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <utility>

#include <dmdr/io/file.hpp>

namespace dmdr::io {
namespace detail {

/// Repeats a call that a signal interrupted. It gives up after a thousand times in a row: then something else is wrong.
template <class Call>
[[nodiscard]] auto uninterrupted(Call&& call) {
  constexpr int most = 1000;
  auto outcome = call();
  for (int attempt = 1; outcome.error == EINTR && attempt < most; ++attempt) outcome = call();
  return outcome;
}

}  // namespace detail

DMDR_INLINE File::File(FileSystem& file_system, std::string path, OpenMode mode, std::string operation, Location where)
    : file_system_(file_system), path_(std::move(path)), operation_(std::move(operation)), where_(where) {
  const Outcome<int> opened = detail::uninterrupted([&] { return file_system_.open(path_, mode); });
  if (opened.error != 0) fail("open", opened.error);
  descriptor_ = opened.value;
  if (mode == OpenMode::create_new) return;
  const Outcome<FileStatus> status = file_system_.status(descriptor_);
  if (status.error == 0 && status.value.kind == FileKind::regular) return;
  (void)file_system_.close(std::exchange(descriptor_, -1));
  if (status.error != 0) fail("stat", status.error);
  fail(status.value.kind == FileKind::directory ? "it is a directory, not a file"
                                                : "it is a pipe, socket or device, not a regular file");
}

DMDR_INLINE File::~File() {
  if (descriptor_ >= 0) (void)file_system_.close(descriptor_);
}

DMDR_INLINE std::uint64_t File::size() const {
  const Outcome<FileStatus> status = file_system_.status(descriptor_);
  if (status.error != 0) fail("stat", status.error);
  return status.value.size;
}

DMDR_INLINE std::size_t File::read_up_to(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = detail::uninterrupted([&] { return file_system_.read(descriptor_, into.subspan(done)); });
    if (count.error != 0) fail("read", count.error);
    if (count.value == 0) break;
    done += count.value;
  }
  return done;
}

DMDR_INLINE void File::read_exactly(std::span<std::byte> into) {
  const std::size_t count = read_up_to(into);
  if (count != into.size())
    fail("the file ended while it was read: " + std::to_string(count) + " of " + std::to_string(into.size()) +
         " bytes came");
}

DMDR_INLINE void File::write_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = detail::uninterrupted([&] { return file_system_.write(descriptor_, bytes); });
    if (count.error != 0) fail("write", count.error);
    if (count.value == 0) fail("write", EIO);
    bytes = bytes.subspan(count.value);
  }
}

DMDR_INLINE void File::truncate(std::uint64_t size) {
  const auto done = detail::uninterrupted([&] { return file_system_.truncate(descriptor_, size); });
  if (done.error != 0) fail("truncate", done.error);
}

DMDR_INLINE void File::sync() {
  const auto done = detail::uninterrupted([&] { return file_system_.sync(descriptor_); });
  if (done.error != 0) fail("fsync", done.error);
}

DMDR_INLINE void File::close() {
  if (descriptor_ < 0) return;
  // Linux has released the descriptor even where close() was interrupted: it must not be called again.
  const Outcome<void> done = file_system_.close(std::exchange(descriptor_, -1));
  if (done.error != 0 && done.error != EINTR) fail("close", done.error);
}

DMDR_INLINE void File::fail(const std::string& what) const {
  throw FileError(operation_ + " \"" + path_ + "\": " + what, where_);
}

DMDR_INLINE void File::fail(const char* call, int error) const {
  fail(std::string(call) + ": " + describe_errno(error));
}

DMDR_INLINE std::vector<std::byte> read_file(FileSystem& file_system, const std::string& path, std::uint64_t max_bytes,
                                             const std::string& operation, Location where) {
  File file(file_system, path, OpenMode::read, operation, where);
  const std::uint64_t size = file.size();
  if (size > max_bytes)
    file.fail("it has " + std::to_string(size) + " bytes; at most " + std::to_string(max_bytes) + " are read");
  std::vector<std::byte> bytes(size);
  file.read_exactly(bytes);
  return bytes;
}

DMDR_INLINE void make_directories(FileSystem& file_system, const std::string& directory, Location where) {
  const auto make = [&](const std::string& path) {
    return detail::uninterrupted([&] { return file_system.make_directory(path); }).error;
  };
  for (std::size_t slash = directory.find('/', 1); slash != std::string::npos; slash = directory.find('/', slash + 1))
    (void)make(directory.substr(0, slash));
  const int error = make(directory);
  if (error == 0) return;
  if (error == EEXIST) {
    const auto listed = detail::uninterrupted([&] { return file_system.list(directory); });
    if (listed.error == 0) return;
    throw FileError("make directory \"" + directory + "\": " + describe_errno(listed.error), where);
  }
  throw FileError("make directory \"" + directory + "\": " + describe_errno(error), where);
}

}  // namespace dmdr::io
