// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <dmdr/io/toml_number.hpp>
#include <dmdr/io/toml_reader.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

/// `path=value` of each item, separated by spaces.
std::string show(const io::TomlValue& value) {
  switch (value.kind) {
    case io::TomlKind::boolean: return value.boolean ? "true" : "false";
    case io::TomlKind::integer: return std::to_string(value.integer);
    case io::TomlKind::number: return std::to_string(value.number);
    case io::TomlKind::text: return "'" + value.text + "'";
    case io::TomlKind::table: return "table";
    case io::TomlKind::list: break;
  }
  std::string text = "[";
  for (const io::TomlValue& item : value.items) text += (text.size() == 1 ? "" : ",") + show(item);
  return text + "]";
}

std::string show(const std::string& toml) {
  std::string text;
  for (const io::TomlItem& item : io::parse_toml(toml))
    text += (text.empty() ? "" : " ") + item.path + "=" + show(item.value);
  return text;
}

/// `<line>:<column> <sentence>`, or "accepted".
std::string fault_of(const std::string& toml) {
  try {
    (void)io::parse_toml(toml);
  } catch (const io::TomlFault& fault) {
    return std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) + " " + fault.sentence;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("keys are bare, quoted or dotted, and tables have headers", "[io][toml]") {
  CHECK(show("a = 1\nb-c_2 = 2\n\"d\" = 3\n'e' . f=4\n[t]\ng=5\n[ t . u ]\nh.i=6\n") ==
        "a=1 b-c_2=2 d=3 e.f=4 t=table t.g=5 t.u=table t.u.h.i=6");
  CHECK(show("1.2 = 3\n\"a b\" = 1\n\"\" = 2\n'x.y' = 4\n") == "1.2=3 \"a b\"=1 \"\"=2 \"x.y\"=4");
  CHECK(show("") == "");
  CHECK(show("\xEF\xBB\xBF# only a comment") == "");
  CHECK(show("a=1\r\nb=2\r\n") == "a=1 b=2");
}

TEST_CASE("inline tables become items of their own", "[io][toml]") {
  CHECK(show("a = {b = 1, c.d = {}, e = [1, {f = 2}]}") == "a=table a.b=1 a.c.d=table a.e=[1,table]");
}

TEST_CASE("lists go over lines, with comments and a comma at the end", "[io][toml]") {
  CHECK(show("a = [ # first\n 1,\n\t2, # second\n\n]\nb=[[],[1,'x'],[true]]") == "a=[1,2] b=[[],[1,'x'],[true]]");
}

TEST_CASE("texts of all four forms are read", "[io][toml]") {
  CHECK(show("a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"") == "a='\b\t\n\f\r\"\\\u00e9\U0001F600'");
  CHECK(show("a = 'C:\\x\"'") == "a='C:\\x\"'");
  CHECK(show("a = \"\"\"\none\n two\\\n   \n  three\"\"\"") == "a='one\n twothree'");
  CHECK(show("a = '''\r\none\r\ntwo'''") == "a='one\ntwo'");
  CHECK(show("a = \"\"\"\"x\"\"\"\"\"") == "a='\"x\"\"'");
  CHECK(show("a = ''''''\nb = \"\"\nc=''") == "a='' b='' c=''");
}

TEST_CASE("integers are read in every base and to the borders of 64 bits", "[io][toml]") {
  const auto integer = [](const char* word) {
    const io::TomlNumber number = io::read_toml_number(word);
    CHECK(number.is_integer);
    return number.integer;
  };
  CHECK(integer("0") == 0);
  CHECK(integer("-0") == 0);
  CHECK(integer("+1_000") == 1000);
  CHECK(integer("0xDead_bEEF") == 0xDEADBEEF);
  CHECK(integer("0o755") == 0755);
  CHECK(integer("0b1_01") == 5);
  CHECK(integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const char* word : {"9223372036854775808", "-9223372036854775809", "0x8000000000000000"})
    CHECK(io::read_toml_number(word).fault == "the integer does not fit 64 bits");
}

TEST_CASE("floating-point numbers are read to the nearest double", "[io][toml]") {
  const auto number = [](const char* word) {
    const io::TomlNumber read = io::read_toml_number(word);
    CHECK(read.fault.empty());
    CHECK_FALSE(read.is_integer);
    return read.number;
  };
  CHECK(number("1.0") == 1);
  CHECK(number("-0.1") == -0.1);
  CHECK(number("6.626e-34") == 6.626e-34);
  CHECK(number("1e05") == 1e5);
  CHECK(number("1_0.2_5E+1") == 102.5);
  CHECK(number("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number("inf") == std::numeric_limits<double>::infinity());
  CHECK(number("-inf") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(number("+nan")));
  for (const char* word : {"1e400", "-1e400", "1e-400"})
    CHECK(io::read_toml_number(word).fault == "the number is too large or too small for a double");
}

TEST_CASE("words that only look like numbers are refused", "[io][toml]") {
  for (const char* word : {"01",  "-01",   "1_",   "_1",       "1__0", "1._5", "1_.5", "1.",   ".5",   "1.e3",
                           "1e",  "1e_5",  "1_e5", "+",        "-",    "0x",   "0xG",  "0x_1", "-0x1", "0b2",
                           "0o8", "1.2.3", "0X1",  "infinity", "NaN",  "1-2",  "++1",  "00.5", "1e5.5"})
    CHECK_FALSE(io::read_toml_number(word).fault.empty());
}

TEST_CASE("a fault says line, column and what was expected", "[io][toml]") {
  CHECK(fault_of("a = 1\n\xC3\xA9 = 2") == "2:1 expected a key, found '\u00e9'");
  CHECK(fault_of("\"\u00e9\u00e9\" 1") == "1:6 expected '=', found '1'");
  CHECK(fault_of("a = 1 b = 2") == "1:7 expected the end of the line, found 'b'");
  CHECK(fault_of("a = ") == "1:5 expected a value, the text ends");
  CHECK(fault_of("a = \nb = 1") == "1:5 expected a value, the line ends");
  CHECK(fault_of("a = }") == "1:5 expected a value, found '}'");
  CHECK(fault_of("a = yes") == "1:5 expected a value");
  for (const char* const text : {"a = .5", "a = -.5", "a = 5.", "a = .5e1"})
    CHECK(fault_of(text) == "1:5 a number has a digit on either side of its point, as 0.5 has");
  CHECK(fault_of("a = .") == "1:5 expected a value");
  CHECK(fault_of("a = truex") == "1:5 expected a value");
  CHECK(fault_of("[a") == "1:3 expected ']', the text ends");
  CHECK(fault_of("[]") == "1:2 expected a key, found ']'");
  CHECK(fault_of("[[a]]") == "1:1 arrays of tables have no use in a configuration");
  CHECK(fault_of("[[:0") == "1:1 arrays of tables have no use in a configuration");
  CHECK(fault_of("a = 1979-05-27T07:32:00Z") == "1:5 dates and times have no use in a configuration");
  CHECK(fault_of("a = 07:32:00") == "1:5 dates and times have no use in a configuration");
  CHECK(fault_of("a = [1 2]") == "1:8 expected ',' or ']', found '2'");
  CHECK(fault_of("a = {b = 1,}") == "1:12 expected a key, found '}'");
  CHECK(fault_of("a = {b = 1\n}") == "1:11 expected ',' or '}', the line ends");
  CHECK(fault_of("a = \"x") == "1:7 the text has no end");
  CHECK(fault_of("a = \"x\n\"") == "1:7 the text has no end in its line");
  CHECK(fault_of("a = '''x") == "1:9 the text has no end");
  CHECK(fault_of("a = \"\\x\"") == "1:6 TOML has no such escape");
  CHECK(fault_of("a = \"\\u12\"") == "1:6 an escape needs 4 or 8 hexadecimal digits");
  CHECK(fault_of("a = \"\\ud800\"") == "1:6 the escape is no character");
  CHECK(fault_of("a = \"\\UFFFFFFFF\"") == "1:6 the escape is no character");
  CHECK(fault_of("a = \"\x01\"") == "1:6 a control character must be escaped");
  CHECK(fault_of("# \x7f") == "1:3 a control character must be escaped");
  CHECK(fault_of("a = 1\rb = 2") == "1:6 expected the end of the line, the line ends");
  CHECK(fault_of(std::string("a\0= 1", 6)) == "1:2 expected '=', found a control character");
  CHECK(fault_of("\"\"\"a\"\"\" = 1") == "1:1 a key is a text of one line");
  CHECK(fault_of("a = 1\nb = '\xFF'") == "2:6 the text is not valid UTF-8");
}

TEST_CASE("nothing is set or defined twice", "[io][toml]") {
  CHECK(fault_of("a = 1\n'a' = 2") == "2:1 a is set twice");
  CHECK(fault_of("[a]\n[a]") == "2:2 table a is there twice");
  CHECK(fault_of("[a.b]\n[a]\n[a.c]") == "accepted");
  CHECK(fault_of("a = 1\n[a]") == "2:2 a is a value already, not a table");
  CHECK(fault_of("a = 1\na.b = 1") == "2:1 a is a value already, not a table");
  CHECK(fault_of("a = {}\n[a]") == "2:2 a is a closed table already");
  CHECK(fault_of("a = {}\n[a.b]") == "2:2 a is a closed table already");
  CHECK(fault_of("a = {}\na.b = 1") == "2:1 a is a table of its own already: add to it there");
  CHECK(fault_of("a = {b = 1, b = 2}") == "1:13 a.b is set twice");
  CHECK(fault_of("a.b = 1\na.c = 2") == "accepted");
  CHECK(fault_of("a.b = 1\n[a]") == "2:2 table a is there twice");
  CHECK(fault_of("a.b = 1\n[a.c]") == "accepted");
  CHECK(fault_of("[a.b]\n[a]\nb.c = 1") == "3:1 a.b is a table of its own already: add to it there");
  CHECK(fault_of("[a.b]\n[a]\nb = 1") == "3:1 a.b is set twice");
  CHECK(fault_of("a = [{b = 1, b = 2}]") == "1:14 a[0].b is set twice");
}

TEST_CASE("depth is bounded in keys, lists and inline tables", "[io][toml]") {
  const auto repeated = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  CHECK(fault_of("a" + repeated(15, ".a") + " = 1") == "accepted");
  CHECK(fault_of("a" + repeated(1'000'000, ".a") + " = 1") == "1:1 a key has more than 16 parts");
  CHECK(fault_of("a = " + repeated(16, "[") + repeated(16, "]")) == "accepted");
  CHECK(fault_of("a = " + repeated(1'000'000, "[")) == "1:21 lists and tables are nested more than 16 times");
  CHECK(fault_of("a = " + repeated(1'000'000, "{a=")) == "1:53 lists and tables are nested more than 16 times");
}
