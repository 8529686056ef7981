// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include <dmdr/io/utf8.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("every code point but the surrogates is written and recognised as UTF-8", "[io][utf8]") {
  std::uint32_t wrong = 0;
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    const std::string text = io::utf8_of(code);
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    const std::size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (text.size() != length || io::is_utf8(text) == is_surrogate) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("overlong forms, surrogates, stray and missing bytes are not UTF-8", "[io][utf8]") {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xFE"})
    CHECK_FALSE(io::is_utf8(text));
  CHECK(io::valid_utf8_prefix("ab\xC3\xA9\xFFz") == 4);
  CHECK(io::is_utf8(""));
}
