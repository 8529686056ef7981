// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <dmdr/io/file.hpp>

#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using dmdr::test::FaultyFileSystem;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;

TEST_CASE("a file is read whole, and refused where it is larger than allowed", "[io][file]") {
  const TemporaryDirectory directory;
  spill(directory / "a", "12345");
  CHECK(io::read_file(io::real_file_system(), directory / "a", 5).size() == 5);
  CHECK_THROWS_WITH(io::read_file(io::real_file_system(), directory / "a", 4, "load prompts"),
                    ContainsSubstring("load prompts \"" + (directory / "a") +
                                      "\": it has 5 bytes; at most 4 are read"));
}

TEST_CASE("directories and pipes are refused without waiting for a writer", "[io][file]") {
  const TemporaryDirectory directory;
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(io::read_file(io::real_file_system(), directory.path(), 1), ContainsSubstring("it is a directory"));
  CHECK_THROWS_WITH(io::read_file(io::real_file_system(), directory / "pipe", 1), ContainsSubstring("it is a pipe"));
}

TEST_CASE("interrupted and partial calls are continued until all bytes are written", "[io][file]") {
  const TemporaryDirectory directory;
  for (std::size_t index = 0; index < 4; ++index) {
    for (const bool interrupted : {true, false}) {
      FaultyFileSystem files;
      if (interrupted)
        files.fail_at(index, EINTR);
      else
        files.write_short_at(index);
      const std::string path = directory / (std::to_string(index) + (interrupted ? "i" : "s"));
      const std::string text = "all of it";
      io::File file(files, path, io::OpenMode::create_new, "write");
      file.write_all(io::bytes_of(text));
      file.sync();
      file.close();
      CHECK(slurp(path) == "all of it");
    }
  }
}

TEST_CASE("a call that is interrupted without end becomes an error", "[io][file]") {
  class Interrupted final : public io::FileSystem {
   public:
    io::Outcome<int> open(const std::string&, io::OpenMode) override { return {-1, EINTR}; }
    io::Outcome<std::size_t> read(int, std::span<std::byte>) override { return {}; }
    io::Outcome<std::size_t> write(int, std::span<const std::byte>) override { return {}; }
    io::Outcome<io::FileStatus> status(int) override { return {}; }
    io::Outcome<void> truncate(int, std::uint64_t) override { return {}; }
    io::Outcome<void> sync(int) override { return {}; }
    io::Outcome<void> close(int) override { return {}; }
    io::Outcome<void> link(const std::string&, const std::string&) override { return {}; }
    io::Outcome<void> rename(const std::string&, const std::string&) override { return {}; }
    io::Outcome<void> remove(const std::string&) override { return {}; }
    io::Outcome<void> make_directory(const std::string&) override { return {}; }
    io::Outcome<std::vector<std::string>> list(const std::string&) override { return {}; }
    io::Outcome<void> sync_directory(const std::string&) override { return {}; }
  } files;
  CHECK_THROWS_WITH(io::File(files, "a", io::OpenMode::read, "read"), ContainsSubstring("Interrupted system call"));
}

TEST_CASE("a file that ends while it is read is an error", "[io][file]") {
  const TemporaryDirectory directory;
  spill(directory / "a", "1234");
  io::File file(io::real_file_system(), directory / "a", io::OpenMode::read, "read");
  std::vector<std::byte> five(5);
  CHECK_THROWS_WITH(file.read_exactly(five), ContainsSubstring("4 of 5 bytes came"));
}

TEST_CASE("directories are made with those above them, and being there is no error", "[io][file]") {
  const TemporaryDirectory directory;
  io::make_directories(io::real_file_system(), directory / "a/b/c");
  io::make_directories(io::real_file_system(), directory / "a/b/c/");
  spill(directory / "a/b/c/file", "x");
  CHECK_THROWS_WITH(io::make_directories(io::real_file_system(), directory / "a/b/c/file"),
                    ContainsSubstring("Not a directory"));
  CHECK_THROWS_WITH(io::make_directories(io::real_file_system(), "/proc/none/of/this"),
                    ContainsSubstring("/proc/none/of/this"));
}
