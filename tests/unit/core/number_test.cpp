// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <dmdr/core/number.hpp>

#include "support/catch.hpp"

using dmdr::Number;

namespace {

template <Number N>
struct Holder {
  static constexpr double value = N;
};

}  // namespace

TEST_CASE("a number as a template argument is the double itself") {
  CHECK(Holder<0.9>::value == 0.9);
  CHECK(Holder<-0.1>::value == -0.1);
  CHECK(Holder<0>::value == 0.0);
  CHECK(Holder<2>::value == 2.0);
  CHECK(Holder<1e-8>::value == 1e-8);
  CHECK(Holder<6.5>::value == 6.5);
  CHECK(Holder<1.7976931348623157e308>::value == 1.7976931348623157e308);
  CHECK(Holder<2.2250738585072014e-308>::value == 2.2250738585072014e-308);
  CHECK(Holder<1.0 / 3>::value == 1.0 / 3);
}

TEST_CASE("equal numbers name one type, however they are written") {
  CHECK(std::is_same_v<Holder<2>, Holder<2.0>>);
  CHECK(std::is_same_v<Holder<0.5>, Holder<1.0 / 2>>);
  CHECK_FALSE(std::is_same_v<Holder<0.9>, Holder<0.90000000000000013>>);
}
