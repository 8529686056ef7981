// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <optional>

#include <unistd.h>
#include <csignal>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.ipp>

namespace dmdr::io {
namespace detail {

/// The process number at the end of `<name>.tmp-<pid>` or `<name>.old-<pid>`.
[[nodiscard]] DMDR_INLINE std::optional<long> writer_of(const std::string& name) {
  const std::size_t dash = name.rfind('-');
  constexpr std::size_t suffix = 4;
  constexpr std::size_t most_digits = 10;
  if (dash == std::string::npos || dash <= suffix || name.size() - dash - 1 > most_digits || dash + 1 == name.size())
    return std::nullopt;
  const std::string kind = name.substr(dash - suffix, suffix);
  if (kind != ".tmp" && kind != ".old") return std::nullopt;
  long pid = 0;
  for (std::size_t i = dash + 1; i < name.size(); ++i) {
    if (name[i] < '0' || name[i] > '9') return std::nullopt;
    pid = pid * 10 + (name[i] - '0');
  }
  return pid;
}

[[nodiscard]] DMDR_INLINE bool runs(long pid) {
  return pid > 0 && pid != ::getpid() && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

/// A name that is removed when the scope ends.
struct TemporaryName {
  FileSystem& file_system;
  std::string path;
  bool exists = false;

  ~TemporaryName() {
    if (exists) (void)uninterrupted([this] { return file_system.remove(path); });
  }
};

/// Writes and syncs a new file; one of the same name that an earlier writer left is replaced.
DMDR_INLINE void write_temporary(TemporaryName& temporary, const std::string& path, const Chunks& chunks,
                                 Location where) {
  FileSystem& file_system = temporary.file_system;
  const std::string operation = "write \"" + path + "\" through";
  (void)uninterrupted([&] { return file_system.remove(temporary.path); });
  File file(file_system, temporary.path, OpenMode::create_new, operation, where);
  temporary.exists = true;
  for (const std::span<const std::byte> chunk : chunks) file.write_all(chunk);
  file.sync();
  file.close();
}

}  // namespace detail

DMDR_INLINE void write_file_atomically(FileSystem& file_system, const std::string& path, const Chunks& chunks,
                                       Location where) {
  const std::string pid = std::to_string(::getpid());
  detail::TemporaryName temporary{file_system, path + ".tmp-" + pid};
  detail::TemporaryName old{file_system, path + ".old-" + pid};
  const auto fail = [&](const char* call, int error, const char* remark = "") {
    throw FileError("write \"" + path + "\": " + call + ": " + describe_errno(error) + remark, where);
  };

  detail::write_temporary(temporary, path, chunks, where);

  (void)detail::uninterrupted([&] { return file_system.remove(old.path); });
  const int linked = detail::uninterrupted([&] { return file_system.link(path, old.path); }).error;
  const bool was_absent = linked == ENOENT;
  const bool no_links = linked == EPERM || linked == EOPNOTSUPP || linked == ENOSYS || linked == EMLINK;
  old.exists = linked == 0;
  if (linked != 0 && !was_absent && !no_links) fail("link", linked);

  const int renamed = detail::uninterrupted([&] { return file_system.rename(temporary.path, path); }).error;
  if (renamed != 0) fail("rename", renamed);
  temporary.exists = false;

  const int synced = detail::uninterrupted([&] { return file_system.sync_directory(directory_of(path)); }).error;
  if (synced == 0) return;
  if (old.exists) {
    const int restored = detail::uninterrupted([&] { return file_system.rename(old.path, path); }).error;
    old.exists = false;
    if (restored != 0)
      fail("fsync of its directory", synced, "; the new file is there, the old one ends in .old-<pid>");
  } else if (was_absent) {
    (void)detail::uninterrupted([&] { return file_system.remove(path); });
  } else {
    fail("fsync of its directory", synced, "; this file system has no hard links: the new file stays");
  }
  fail("fsync of its directory", synced);
}

DMDR_INLINE void write_file_atomically(FileSystem& file_system, const std::string& path,
                                       std::span<const std::byte> bytes, Location where) {
  write_file_atomically(file_system, path, Chunks{bytes}, where);
}

DMDR_INLINE void write_file_atomically(FileSystem& file_system, const std::string& path, const std::string& text,
                                       Location where) {
  write_file_atomically(file_system, path, Chunks{bytes_of(text)}, where);
}

DMDR_INLINE std::vector<std::string> remove_orphans(FileSystem& file_system, const std::string& directory,
                                                    Location where) {
  const auto names = detail::uninterrupted([&] { return file_system.list(directory); });
  if (names.error != 0) throw FileError("list \"" + directory + "\": " + describe_errno(names.error), where);
  std::vector<std::string> removed;
  for (const std::string& name : names.value) {
    const std::optional<long> writer = detail::writer_of(name);
    if (!writer || detail::runs(*writer)) continue;
    const int error = detail::uninterrupted([&] { return file_system.remove(directory + "/" + name); }).error;
    if (error != 0) throw FileError("remove \"" + directory + "/" + name + "\": " + describe_errno(error), where);
    removed.push_back(name);
  }
  return removed;
}

}  // namespace dmdr::io
