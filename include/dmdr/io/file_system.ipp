// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dmdr/io/file_system.hpp>

namespace dmdr::io {
namespace detail {

/// The POSIX system calls.
class RealFileSystem final : public FileSystem {
 public:
  [[nodiscard]] Outcome<int> open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC | O_NOCTTY;
    switch (mode) {
      case OpenMode::read: flags |= O_RDONLY | O_NONBLOCK; break;
      case OpenMode::create_new: flags |= O_WRONLY | O_CREAT | O_EXCL; break;
      case OpenMode::append: flags |= O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK; break;
    }
    constexpr mode_t readable_by_all = 0644;
    const int file = ::open(path.c_str(), flags, readable_by_all);
    if (file < 0) return {-1, errno};
    return {file, 0};
  }

  [[nodiscard]] Outcome<std::size_t> read(int file, std::span<std::byte> into) override {
    const ssize_t count = ::read(file, into.data(), into.size());
    if (count < 0) return {0, errno};
    return {static_cast<std::size_t>(count), 0};
  }

  [[nodiscard]] Outcome<std::size_t> write(int file, std::span<const std::byte> bytes) override {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0) return {0, errno};
    return {static_cast<std::size_t>(count), 0};
  }

  [[nodiscard]] Outcome<FileStatus> status(int file) override {
    struct stat status {};
    if (::fstat(file, &status) != 0) return {{}, errno};
    if (S_ISDIR(status.st_mode)) return {{FileKind::directory, 0}, 0};
    if (!S_ISREG(status.st_mode)) return {{FileKind::other, 0}, 0};
    return {{FileKind::regular, static_cast<std::uint64_t>(status.st_size)}, 0};
  }

  [[nodiscard]] Outcome<void> truncate(int file, std::uint64_t size) override {
    return outcome(::ftruncate(file, static_cast<off_t>(size)));
  }
  [[nodiscard]] Outcome<void> sync(int file) override { return outcome(::fsync(file)); }
  [[nodiscard]] Outcome<void> close(int file) override { return outcome(::close(file)); }

  [[nodiscard]] Outcome<void> link(const std::string& path, const std::string& second) override {
    return outcome(::link(path.c_str(), second.c_str()));
  }
  [[nodiscard]] Outcome<void> rename(const std::string& from, const std::string& to) override {
    return outcome(std::rename(from.c_str(), to.c_str()));
  }
  [[nodiscard]] Outcome<void> remove(const std::string& path) override { return outcome(::unlink(path.c_str())); }
  [[nodiscard]] Outcome<void> make_directory(const std::string& path) override {
    constexpr mode_t readable_by_all = 0755;
    return outcome(::mkdir(path.c_str(), readable_by_all));
  }

  [[nodiscard]] Outcome<std::vector<std::string>> list(const std::string& directory) override {
    DIR* stream = ::opendir(directory.c_str());
    if (stream == nullptr) return {{}, errno};
    Outcome<std::vector<std::string>> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream);
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.value.push_back(name);
    }
    names.error = errno;
    ::closedir(stream);
    std::sort(names.value.begin(), names.value.end());
    return names;
  }

  [[nodiscard]] Outcome<void> sync_directory(const std::string& directory) override {
    const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return {errno};
    const Outcome<void> synced = outcome(::fsync(file));
    ::close(file);
    return synced;
  }

 private:
  static Outcome<void> outcome(int result) { return {result == 0 ? 0 : errno}; }
};

}  // namespace detail

DMDR_INLINE FileSystem& real_file_system() {
  static detail::RealFileSystem file_system;
  return file_system;
}

DMDR_INLINE std::string describe_errno(int error) {
  return std::generic_category().message(error) + " (errno " + std::to_string(error) + ")";
}

DMDR_INLINE std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace dmdr::io
