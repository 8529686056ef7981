// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

enum class Named { one };
enum class Nameless { one };

struct Settings {
  double rate = 0;
  template <class V>
  void visit(V&& v) {
    v("rate", rate, Range{0, 1});
  }
};

struct Nested {
  Settings inner;
  template <class V>
  void visit(V&& v) {
    v("inner", inner);
  }
};

}  // namespace

template <>
struct dmdr::EnumNames<Named> {
  static constexpr EnumName<Named> table[] = {{Named::one, "one"}};
};

TEST_CASE("aggregates with visit describe themselves, and other types do not", "[core][describe]") {
  STATIC_REQUIRE(Described<Settings>);
  STATIC_REQUIRE(Described<Nested>);
  STATIC_REQUIRE_FALSE(Described<std::string>);
  STATIC_REQUIRE_FALSE(Described<double>);
}

TEST_CASE("a setting's value is of one of the types that a file can hold", "[core][describe]") {
  STATIC_REQUIRE(SettingValue<bool>);
  STATIC_REQUIRE(SettingValue<int>);
  STATIC_REQUIRE(SettingValue<std::uint64_t>);
  STATIC_REQUIRE(SettingValue<double>);
  STATIC_REQUIRE(SettingValue<std::string>);
  STATIC_REQUIRE(SettingValue<Named>);
  STATIC_REQUIRE(SettingValue<std::vector<double>>);
  STATIC_REQUIRE(SettingValue<std::vector<std::int64_t>>);
  STATIC_REQUIRE_FALSE(SettingValue<float>);
  STATIC_REQUIRE_FALSE(SettingValue<char>);
  STATIC_REQUIRE_FALSE(SettingValue<Nameless>);
  STATIC_REQUIRE_FALSE(SettingValue<std::vector<float>>);
  STATIC_REQUIRE_FALSE(SettingValue<Settings>);
}

TEST_CASE("ranges hold their closed ends, not their open ones, and nothing that is not finite", "[core][describe]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK((Range{0, 1}.contains(0) && Range{0, 1}.contains(1)));
  CHECK_FALSE((strictly_between(0, 1).contains(0) || strictly_between(0, 1).contains(1)));
  CHECK(strictly_between(0, 1).contains(0.5));
  CHECK((positive.contains(1e-300) && !positive.contains(0) && !positive.contains(-1)));
  CHECK((at_least(2).contains(2) && !at_least(2).contains(1.999)));
  CHECK((Range{}.contains(1e308) && Range{}.contains(-1e308)));
  CHECK_FALSE((Range{}.contains(nan) || Range{}.contains(infinity) || Range{}.contains(-infinity)));
}
