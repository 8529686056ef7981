// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include <dmdr/core/error.hpp>
#include <dmdr/io/append_file.hpp>

#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using dmdr::test::FaultyFileSystem;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;

TEST_CASE("records are appended behind what is there, each in one call", "[io][append_file]") {
  const TemporaryDirectory directory;
  spill(directory / "log", "old\n");
  FaultyFileSystem files;
  io::AppendFile log(files, directory / "log", "write log");
  CHECK(log.size() == 4);
  files.behave();
  log.append(std::string("new\n"));
  CHECK(files.names() == std::vector<std::string>{"write"});
  CHECK(slurp(directory / "log") == "old\nnew\n");
  CHECK(log.size() == 8);
  log.truncate(4);
  log.append(std::string("x"));
  log.sync();
  CHECK(slurp(directory / "log") == "old\nx");
}

TEST_CASE("a record that the disk takes only half of is completed", "[io][append_file]") {
  const TemporaryDirectory directory;
  FaultyFileSystem files;
  io::AppendFile log(files, directory / "log", "write log");
  files.write_short_at(0);
  log.append(std::string("a record"));
  CHECK(slurp(directory / "log") == "a record");
}

TEST_CASE("a half-written record is taken back when the disk is full", "[io][append_file]") {
  // The disk has room for half of the second record.
  class FullDisk final : public io::FileSystem {
   public:
    int room = 1000;
    bool truncates = true;
    io::Outcome<std::size_t> write(int file, std::span<const std::byte> bytes) override {
      if (room == 0) return {0, ENOSPC};
      const auto written = real.write(file, bytes.first(std::min(bytes.size(), static_cast<std::size_t>(room))));
      room -= static_cast<int>(written.value);
      return written;
    }
    io::Outcome<int> open(const std::string& path, io::OpenMode mode) override { return real.open(path, mode); }
    io::Outcome<std::size_t> read(int file, std::span<std::byte> into) override { return real.read(file, into); }
    io::Outcome<io::FileStatus> status(int file) override { return real.status(file); }
    io::Outcome<void> truncate(int file, std::uint64_t size) override {
      return truncates ? real.truncate(file, size) : io::Outcome<void>{EIO};
    }
    io::Outcome<void> sync(int file) override { return real.sync(file); }
    io::Outcome<void> close(int file) override { return real.close(file); }
    io::Outcome<void> link(const std::string& path, const std::string& second) override {
      return real.link(path, second);
    }
    io::Outcome<void> rename(const std::string& from, const std::string& to) override { return real.rename(from, to); }
    io::Outcome<void> remove(const std::string& path) override { return real.remove(path); }
    io::Outcome<void> make_directory(const std::string& path) override { return real.make_directory(path); }
    io::Outcome<std::vector<std::string>> list(const std::string& path) override { return real.list(path); }
    io::Outcome<void> sync_directory(const std::string& path) override { return real.sync_directory(path); }

   private:
    io::FileSystem& real = io::real_file_system();
  } disk;
  const TemporaryDirectory directory;
  io::AppendFile log(disk, directory / "log", "write log");
  log.append(std::string("first\n"));
  disk.room = 3;
  CHECK_THROWS_WITH(log.append(std::string("second\n")),
                    Catch::Matchers::ContainsSubstring("write log \"" + (directory / "log") +
                                                       "\": write: No space left"));
  CHECK(slurp(directory / "log") == "first\n");

  disk.room = 3;
  disk.truncates = false;
  CHECK_THROWS_AS(log.append(std::string("third\n")), FileError);
  CHECK(slurp(directory / "log") == "first\nthi");
  disk.room = 1000;
  CHECK_THROWS_AS(log.append(std::string("fourth\n")), FileError);  // the half record is in the way
  disk.truncates = true;
  log.append(std::string("fourth\n"));
  CHECK(slurp(directory / "log") == "first\nfourth\n");
}
