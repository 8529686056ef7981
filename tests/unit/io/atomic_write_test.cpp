// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <unistd.h>

#include <dmdr/io/atomic_write.hpp>

#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;

namespace {

std::vector<std::string> names_in(const std::string& directory) { return io::real_file_system().list(directory).value; }

}  // namespace

TEST_CASE("an atomic write makes a file, replaces one, and leaves no other name behind", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a";
  io::write_file_atomically(io::real_file_system(), path, std::string("one"));
  CHECK(slurp(path) == "one");
  const std::string two = "two";
  io::write_file_atomically(io::real_file_system(), path, io::Chunks{io::bytes_of(two), {}, io::bytes_of(two)});
  CHECK(slurp(path) == "twotwo");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("the file is synced before it is renamed, and its directory after", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  test::FaultyFileSystem files;
  io::write_file_atomically(files, directory / "a", std::string("one"));
  CHECK(files.names() == std::vector<std::string>{"remove", "open", "write", "sync", "close", "remove", "link",
                                                  "rename", "sync_directory"});
}

TEST_CASE("a temporary file that an earlier process of the same number left is replaced", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  spill(directory / ("a.tmp-" + std::to_string(::getpid())), "half");
  io::write_file_atomically(io::real_file_system(), directory / "a", std::string("whole"));
  CHECK(slurp(directory / "a") == "whole");
  CHECK(names_in(directory.path()).size() == 1);
}

TEST_CASE("writing into a directory that is not there names the path and the cause", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(io::write_file_atomically(io::real_file_system(), directory / "no/a", std::string("x")),
                    ContainsSubstring(directory / "no/a") && ContainsSubstring("No such file or directory (errno 2)"));
}

TEST_CASE("a directory in the place of the file is not replaced", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "a");
  CHECK_THROWS_AS(io::write_file_atomically(io::real_file_system(), directory / "a", std::string("x")), FileError);
  CHECK(names_in(directory.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("a file system without hard links is written to all the same", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  spill(directory / "a", "old");
  test::FaultyFileSystem files;
  files.fail_at(6, EPERM);
  io::write_file_atomically(files, directory / "a", std::string("new"));
  REQUIRE(files.names()[6] == "link");
  CHECK(slurp(directory / "a") == "new");
}

TEST_CASE("orphans of dead writers are removed, and nothing else", "[io][atomic_write]") {
  const TemporaryDirectory directory;
  const std::string parent = std::to_string(::getppid());
  for (const std::string name : {"a", "a.tmp-4000001", "a.old-4000001", "b.tmp-x", ".tmp-", "c.tmp-12345678901"})
    spill(directory / name, "x");
  spill(directory / ("d.tmp-" + std::to_string(::getpid())), "x");
  spill(directory / ("e.tmp-" + parent), "x");
  const std::vector<std::string> removed = io::remove_orphans(io::real_file_system(), directory.path());
  CHECK(removed == std::vector<std::string>{"a.old-4000001", "a.tmp-4000001", "d.tmp-" + std::to_string(::getpid())});
  CHECK(names_in(directory.path()) ==
        std::vector<std::string>{".tmp-", "a", "b.tmp-x", "c.tmp-12345678901", "e.tmp-" + parent});
}
