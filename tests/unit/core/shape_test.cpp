// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <vector>

#include <dmdr/core/shape.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

std::string message_of(const std::vector<std::int64_t>& extents) {
  try {
    const Shape shape(extents);
    return "accepted: " + shape.str();
  } catch (const ShapeError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a shape is a batch of samples") {
  const Shape shape{4, 3, 8, 8};
  CHECK(shape.rank() == 4);
  CHECK(shape[0] == 4);
  CHECK(shape[3] == 8);
  CHECK(shape.numel() == 768);
  CHECK(shape.rows() == 4);
  CHECK(shape.row_size() == 192);
  CHECK(shape.str() == "[4, 3, 8, 8]");
  CHECK(shape.with_rows(2) == Shape{2, 3, 8, 8});
  CHECK(shape.with_rows(0).numel() == 0);
}

TEST_CASE("a scalar is one sample of one element") {
  const Shape scalar;
  CHECK(scalar.rank() == 0);
  CHECK(scalar.numel() == 1);
  CHECK(scalar.rows() == 1);
  CHECK(scalar.row_size() == 1);
  CHECK(scalar.str() == "[]");
  CHECK(scalar.with_rows(3) == Shape{3});
}

TEST_CASE("shapes are equal where rank and extents are") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
  CHECK_FALSE(Shape{} == Shape{1});
}

TEST_CASE("a negative extent is refused") {
  CHECK_THAT(message_of({2, -3}), ContainsSubstring("extent -3 is negative"));
}

TEST_CASE("nine axes are refused, eight are not") {
  CHECK(Shape(std::vector<std::int64_t>(8, 1)).rank() == 8);
  CHECK_THAT(message_of(std::vector<std::int64_t>(9, 1)), ContainsSubstring("at most 8 axes are supported, got 9"));
}

TEST_CASE("a number of elements beyond 63 bits is refused, the largest one is not") {
  CHECK(Shape{largest}.numel() == largest);
  CHECK_THAT(message_of({largest, 2}), ContainsSubstring("exceeds 63 bits"));
  CHECK_THAT(message_of({std::int64_t{1} << 32, std::int64_t{1} << 31}), ContainsSubstring("exceeds 63 bits"));
}

TEST_CASE("an empty batch of samples that are too large is refused, so that the size of a sample always fits") {
  CHECK_THAT(message_of({0, largest, 2}), ContainsSubstring("exceeds 63 bits"));
  CHECK_THAT(message_of({largest, 2, 0}), ContainsSubstring("exceeds 63 bits"));
  CHECK(Shape{0, largest}.row_size() == largest);
}

TEST_CASE("another batch size is checked like a new shape") {
  const Shape shape{1, std::int64_t{1} << 40};
  CHECK_THROWS_AS(shape.with_rows(std::int64_t{1} << 40), ShapeError);
  CHECK_THROWS_AS(shape.with_rows(-1), ShapeError);
}
