// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>

#include "faults/io_scale.hpp"
#include "support/catch.hpp"
#include "unit/io/example_settings.hpp"

using namespace dmdr;
using dmdr::test::ExampleSettings;

namespace {

const std::vector<std::string> tokens = {"[",
                                         "]",
                                         "[[",
                                         "]]",
                                         "{",
                                         "}",
                                         "=",
                                         ",",
                                         ".",
                                         "\"",
                                         "'",
                                         "\"\"\"",
                                         "'''",
                                         "#",
                                         "\n",
                                         "\r\n",
                                         " ",
                                         "\t",
                                         "\\u",
                                         "\\UFFFFFFFF",
                                         "1e400",
                                         "nan",
                                         "-inf",
                                         "+",
                                         "-0",
                                         "0x",
                                         "0b2",
                                         "1_",
                                         "9223372036854775808",
                                         "1979-05-27T07:32:00Z",
                                         "true",
                                         "a.b.c = 1\n",
                                         "\xFF",
                                         "\xED\xA0\x80",
                                         "\xEF\xBB\xBF",
                                         std::string(1, '\0'),
                                         "[train]\n",
                                         "train",
                                         "seed",
                                         "steps = 1\n",
                                         "times = [1, 0]\n",
                                         "shade = 'dark'\n",
                                         "{a = {a = 1}}",
                                         "\x7f"};

void mutate(std::string& text, std::mt19937_64& random) {
  const std::uint64_t changes = 1 + random() % 4;
  for (std::uint64_t change = 0; change < changes; ++change) {
    const std::size_t at = text.empty() ? 0 : random() % text.size();
    const std::string& token = tokens[random() % tokens.size()];
    switch (random() % 6) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ static_cast<char>(1 << random() % 8));
        break;
      case 1: text.insert(at, token); break;
      case 2: text.replace(at, std::min(token.size(), text.size() - at), token); break;
      case 3: text.erase(at, 1 + random() % 16); break;
      case 4: text.insert(at, text.substr(at, random() % 64)); break;
      default:
        if (random() % 4 == 0) text.resize(at);
    }
  }
}

/// Whether an error's second line begins with `a.toml:<line>:<column>: `.
bool names_a_place(const std::string& what) {
  const std::string begin = "\n  a.toml:";
  std::size_t at = what.find(begin);
  if (at == std::string::npos) return false;
  at += begin.size();
  for (int number = 0; number < 2; ++number, ++at) {
    const std::size_t digits = what.find_first_not_of("0123456789", at);
    if (digits == at || digits == std::string::npos || what[digits] != ':') return false;
    at = digits;
  }
  return what[at] == ' ';
}

}  // namespace

TEST_CASE("mutated configurations are taken as they say or refused with their place", "[io][faults]") {
  const std::string seed = io::resolved_toml(ExampleSettings{}) + "# a comment\n";
  const std::string dotted =
      "train = {steps = 50, student = {fused = false}}\nname = '''\nlines'''\ntrain2.x = 1\nseed = 0xFF # hex\n";
  std::mt19937_64 random(11);
  const int inputs = test::scaled(10'000);
  int accepted = 0;
  int refused = 0;
  for (int input = 0; input < inputs; ++input) {
    std::string text = random() % 4 == 0 ? dotted : seed;
    mutate(text, random);
    ExampleSettings settings;
    const ExampleSettings before = settings;
    try {
      io::parse_config(text, "a.toml", settings);
      io::check_settings(settings);  // nothing gets in that would not be allowed from code
      ExampleSettings back;
      io::parse_config(io::resolved_toml(settings), "a.toml", back);
      REQUIRE(back == settings);
      ++accepted;
    } catch (const ConfigError& error) {
      INFO(error.what());
      REQUIRE(names_a_place(error.what()));
      REQUIRE(settings == before);
      ++refused;
    }
  }
  CHECK(accepted + refused == inputs);
  CHECK(accepted > inputs / 50);
  CHECK(refused > inputs / 50);
  WARN(inputs << " mutated configurations: " << accepted << " taken, " << refused
              << " refused with their place, 0 crashes");
}

TEST_CASE("mutated flags are taken as they say or refused", "[io][faults]") {
  const std::vector<std::string> seeds = {
      "train.student.learning_rate=1e-3", "name=run", "shade=dark", "times=[1, 0.5]",
      "train.milestones=[1, 2]",          "seed=7"};
  std::mt19937_64 random(12);
  const int inputs = test::scaled(5'000);
  int accepted = 0;
  int refused = 0;
  for (int input = 0; input < inputs; ++input) {
    std::string text = seeds[random() % seeds.size()];
    mutate(text, random);
    ExampleSettings settings;
    try {
      io::apply_override(text, settings);
      io::check_settings(settings);
      ++accepted;
    } catch (const ConfigError&) {
      REQUIRE(settings == ExampleSettings{});
      ++refused;
    }
  }
  CHECK(accepted > 0);
  CHECK(refused > 0);
  CHECK(accepted + refused == inputs);
}
