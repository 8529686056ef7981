// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <type_traits>

#include <dmdr/core/error.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

// An entry point as the library writes it, and one that hands its own caller's place on.
void inner(Location where = Location::current()) { throw ShapeError("inner: does not fit", where); }
void outer(Location where = Location::current()) { inner(where); }
Location default_of_a_default(Location where = Location::current()) { return where; }

}  // namespace

TEST_CASE("an error's text is its kind, what is wrong, and the caller's place") {
  const Error plain("copy: nothing to copy", Location{"user.cpp", 12});
  CHECK(plain.what() == std::string("dmdr: error: copy: nothing to copy\n  at user.cpp:12"));
  CHECK(ShapeError("x", {"a", 1}).what() == std::string("dmdr: shape error: x\n  at a:1"));
  CHECK(DtypeError("x", {"a", 1}).what() == std::string("dmdr: dtype error: x\n  at a:1"));
  CHECK(DeviceError("x", {"a", 1}).what() == std::string("dmdr: device error: x\n  at a:1"));
  CHECK(ConfigError("x", {"a", 1}).what() == std::string("dmdr: config error: x\n  at a:1"));
  CHECK(FileError("x", {"a", 1}).what() == std::string("dmdr: file error: x\n  at a:1"));
  CHECK(NumericError("x", {"a", 1}).what() == std::string("dmdr: numeric error: x\n  at a:1"));
  CHECK(plain.where().line == 12);
}

TEST_CASE("every kind of error is an Error and a std::runtime_error") {
  CHECK(std::is_base_of_v<std::runtime_error, Error>);
  CHECK(std::is_base_of_v<Error, ShapeError>);
  CHECK(std::is_base_of_v<Error, DtypeError>);
  CHECK(std::is_base_of_v<Error, DeviceError>);
  CHECK(std::is_base_of_v<Error, ConfigError>);
  CHECK(std::is_base_of_v<Error, FileError>);
  CHECK(std::is_base_of_v<Error, NumericError>);
}

TEST_CASE("a default location is the line of the call, through nested default arguments too") {
  const unsigned line = __LINE__ + 1;
  const Location here = default_of_a_default();
  CHECK(here.line == line);
  CHECK_THAT(std::string(here.file), EndsWith("error_test.cpp"));

  unsigned thrown = 0;
  try {
    thrown = __LINE__ + 1;
    outer();
  } catch (const Error& error) {
    CHECK(error.where().line == thrown);
    CHECK_THAT(error.what(), StartsWith("dmdr: shape error: inner: does not fit"));
    CHECK_THAT(error.what(), EndsWith("error_test.cpp:" + std::to_string(thrown)));
  }
  CHECK(thrown != 0);
}
