// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <random>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/setting_check.hpp>

#include "support/catch.hpp"
#include "unit/io/example_settings.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using dmdr::test::ExampleSettings;
using dmdr::test::Shade;

namespace {

/// The error's lines without the first and the last (the caller's place); "accepted" where there is none.
std::string faults_of(const std::string& text) {
  ExampleSettings settings;
  const ExampleSettings before = settings;
  try {
    io::parse_config(text, "a.toml", settings);
  } catch (const ConfigError& error) {
    CHECK(settings == before);
    std::string what = error.what();
    what = what.substr(0, what.rfind("\n  at "));
    return what.substr(what.find('\n') + 1);
  }
  return "accepted";
}

std::string override_fault(const std::string& assignment) {
  ExampleSettings settings;
  const ExampleSettings before = settings;
  try {
    io::apply_override(assignment, settings);
  } catch (const ConfigError& error) {
    CHECK(settings == before);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a configuration sets what it names and leaves the rest", "[io][config]") {
  ExampleSettings settings;
  io::parse_config(
      "name = 'letters'\nseed = 7\nshade = \"dark\"\ntimes = [0.5, 0]\n"
      "[train]\nsteps = 30\nmilestones = []\nranks = 255\nfake.fused = false\n"
      "[train.student]\nlearning_rate = 1\nbetas = [0, 0.99]\n",
      "a.toml", settings);
  ExampleSettings expected;
  expected.name = "letters";
  expected.seed = 7;
  expected.shade = Shade::dark;
  expected.times = {0.5, 0};
  expected.train.steps = 30;
  expected.train.milestones = {};
  expected.train.ranks = 255;
  expected.train.fake.fused = false;
  expected.train.student.learning_rate = 1;
  expected.train.student.betas = {0, 0.99};
  CHECK(settings == expected);
}

TEST_CASE("an unknown key is refused with file, line, column, key path and the nearest valid key", "[io][config]") {
  CHECK(faults_of("[train]\n\n  [train.student]\n  learning_rat = 1e-3\n") ==
        "  a.toml:4:3: train.student.learning_rat: unknown key; the nearest valid key is train.student.learning_rate");
  CHECK(faults_of("sede = 1") == "  a.toml:1:1: sede: unknown key; the nearest valid key is seed");
  CHECK(faults_of("learning_rate = 1") ==
        "  a.toml:1:1: learning_rate: unknown key; the nearest valid key is train.student.learning_rate");
  CHECK(faults_of("[trian]\nsteps = 1\nsteqs = 2") ==
        "  a.toml:1:2: trian: unknown key; the nearest valid key is train");
  CHECK_THAT(faults_of("\"train.steps\" = 1"), StartsWith("  a.toml:1:1: \"train.steps\": unknown key"));
}

TEST_CASE("a value of another type is refused where it stands", "[io][config]") {
  CHECK(faults_of("name = 3") == "  a.toml:1:8: name: expected a text, got an integer");
  CHECK(faults_of("[train]\nsteps = 3.0") ==
        "  a.toml:2:9: train.steps: expected an integer in [1, inf), got a number with a point");
  CHECK(faults_of("train.student.fused = 1") ==
        "  a.toml:1:23: train.student.fused: expected true or false, got an integer");
  CHECK(faults_of("train.student.learning_rate = \"1\"") ==
        "  a.toml:1:31: train.student.learning_rate: expected a number in (0, 1], got a text");
  CHECK(faults_of("seed = [1]") == "  a.toml:1:8: seed: expected an integer in [0, inf), got a list");
  CHECK(faults_of("train = 1") == "  a.toml:1:9: train: expected a table, got an integer");
  CHECK(faults_of("[seed]") == "  a.toml:1:1: seed: expected an integer in [0, inf), got a table");
  CHECK(faults_of("times = 1.0") ==
        "  a.toml:1:9: times: expected a list of numbers in [0, 1], descending, at least 1 of them, got a number with "
        "a point");
  CHECK(faults_of("train.milestones = [1, 2.5]") ==
        "  a.toml:1:24: train.milestones: expected a list of integers in [0, inf), ascending, got a number with a "
        "point in the list");
  CHECK(faults_of("name = 1979-05-27") == "  a.toml:1:8: dates and times have no use in a configuration");
}

TEST_CASE("numbers out of range or not finite are refused", "[io][config]") {
  CHECK(faults_of("train.student.learning_rate = 0") ==
        "  a.toml:1:31: train.student.learning_rate: expected a number in (0, 1], got 0");
  CHECK(faults_of("train.student.learning_rate = nan") ==
        "  a.toml:1:31: train.student.learning_rate: expected a number in (0, 1], got nan");
  CHECK(faults_of("train.student.learning_rate = -inf") ==
        "  a.toml:1:31: train.student.learning_rate: expected a number in (0, 1], got -inf");
  CHECK(faults_of("train.steps = 0") == "  a.toml:1:15: train.steps: expected an integer in [1, inf), got 0");
  CHECK(faults_of("train.ranks = 256") == "  a.toml:1:15: train.ranks: expected an integer in [1, 255], got 256");
  CHECK(faults_of("seed = -1") == "  a.toml:1:8: seed: expected an integer in [0, inf), got -1");
  CHECK(faults_of("times = [1.5]") ==
        "  a.toml:1:10: times: expected a list of numbers in [0, 1], descending, at least 1 of them, got 1.5");
}

TEST_CASE("lists of the wrong length or order are refused", "[io][config]") {
  CHECK(
      faults_of("times = [0.5, 0.75]") ==
      "  a.toml:1:9: times: expected a list of numbers in [0, 1], descending, at least 1 of them, got 0.75 behind 0.5");
  CHECK(faults_of("times = []") ==
        "  a.toml:1:9: times: expected a list of numbers in [0, 1], descending, at least 1 of them, got 0");
  CHECK(faults_of("train.fake.betas = [0.9]") ==
        "  a.toml:1:20: train.fake.betas: expected a list of numbers in [0, 1), 2 of them, got 1");
  CHECK_THAT(faults_of("train.milestones = [1, 1]"), ContainsSubstring("got 1 behind 1"));
}

TEST_CASE("a choice that does not exist is refused with the nearest one", "[io][config]") {
  CHECK(faults_of("shade = 'ligth'") ==
        "  a.toml:1:9: shade: expected one of \"dark\", \"light\", got \"ligth\"; the nearest is \"light\"");
}

TEST_CASE("options that contradict each other are refused at their table", "[io][config]") {
  CHECK(faults_of("seed = 2\n[train]\nsteps = 15\n") ==
        "  a.toml:2:2: train: the last milestone lies behind the last step");
}

TEST_CASE("all faults of a file are reported at once, in its order", "[io][config]") {
  CHECK(faults_of("a = 1\nb = 2\nseed = true\n") ==
        "  a.toml:1:1: a: unknown key; the nearest valid key is name\n"
        "  a.toml:2:1: b: unknown key; the nearest valid key is name\n"
        "  a.toml:3:8: seed: expected an integer in [0, inf), got a boolean");
  std::string many;
  for (int i = 0; i < 50; ++i) many += "key" + std::to_string(i) + " = 1\n";
  CHECK_THAT(faults_of(many), ContainsSubstring("\n  and 30 more"));
}

TEST_CASE("text that is not TOML is refused where it goes wrong", "[io][config]") {
  CHECK(faults_of("seed = 1\nseed = 2") == "  a.toml:2:1: seed is set twice");
  CHECK(faults_of("[train]\nseed 1") == "  a.toml:2:6: expected '=', found '1'");
}

TEST_CASE("a table inside a value, and a value in the place of a table, are refused", "[io][config]") {
  CHECK(faults_of("seed.low = 1") == "  a.toml:1:1: seed.low: expected an integer in [0, inf) at seed, got a table");
  CHECK(faults_of("[trian]\nsteps = 1\n[trian.student]\n") ==
        "  a.toml:1:2: trian: unknown key; the nearest valid key is train");
  CHECK(faults_of("times = [{a = 1}]") ==
        "  a.toml:1:10: times: expected a list of numbers in [0, 1], descending, at least 1 "
        "of them, got a table in the list");
}

TEST_CASE("keys and lists nested beyond reason are refused, not followed", "[io][config]") {
  std::string dots = "seed = 1\n\"x\"";
  for (int i = 0; i < 100'000; ++i) dots += ".a";
  CHECK(faults_of(dots + " = 1") == "  a.toml:2:1: a key has more than 16 parts");
  CHECK_THAT(faults_of("times = " + std::string(100'000, '[')), StartsWith("  a.toml:1:"));
  std::string tables = "times = ";
  for (int i = 0; i < 100'000; ++i) tables += "{a=";
  CHECK_THAT(faults_of(tables), StartsWith("  a.toml:1:"));
}

TEST_CASE("dots in texts, comments and numbers are not those of a key", "[io][config]") {
  ExampleSettings settings;
  const std::string dots(100, '.');
  io::parse_config(
      "# " + dots + "\nname = \"" + dots + "\\\"" + dots + "\" # " + dots +
          "\ntimes = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, "
          "0.02, 0.01, 0.0]\n",
      "a.toml", settings);
  CHECK(settings.name == dots + "\"" + dots);
  CHECK(settings.times.size() == 19);
  io::parse_config("name = '''\n" + dots + "'" + dots + "'''", "a.toml", settings);
  CHECK(settings.name == dots + "'" + dots);
}

TEST_CASE("flags set values by their path", "[io][config]") {
  ExampleSettings settings;
  io::apply_override("train.student.learning_rate=1e-3", settings);
  io::apply_override("name=a run = b", settings);
  io::apply_override("shade = dark", settings);
  io::apply_override("times=[1, 0.5]", settings);
  io::apply_override("train.fake.fused=false", settings);
  CHECK(settings.train.student.learning_rate == 1e-3);
  CHECK(settings.name == "a run = b");
  CHECK(settings.shade == Shade::dark);
  CHECK(settings.times == std::vector<double>{1, 0.5});
  CHECK_FALSE(settings.train.fake.fused);
  io::apply_override("name=\"in \\\"quotes\\\"\"", settings);
  CHECK(settings.name == "in \"quotes\"");
  io::apply_override("name=", settings);
  CHECK(settings.name.empty());
}

TEST_CASE("a bad flag is refused with the nearest key and what was expected", "[io][config]") {
  CHECK_THAT(override_fault("train.student.lerning_rate=1"),
             ContainsSubstring("set \"train.student.lerning_rate=1\"") &&
                 ContainsSubstring("train.student.lerning_rate: unknown key; the nearest valid key is "
                                   "train.student.learning_rate"));
  CHECK_THAT(override_fault("train.steps"), ContainsSubstring("expected key=value"));
  CHECK_THAT(override_fault("train=1"), ContainsSubstring("train is a table; set one of its keys"));
  CHECK_THAT(override_fault("seed=one"), ContainsSubstring("seed: expected an integer in [0, inf)"));
  CHECK_THAT(override_fault("seed=1.5"), ContainsSubstring("got a number with a point"));
  CHECK_THAT(override_fault("seed="), ContainsSubstring("expected an integer"));
  CHECK_THAT(override_fault("seed=1\nname='x'"), ContainsSubstring("a value has one line"));
  CHECK_THAT(override_fault("shade=grey"), ContainsSubstring("expected one of \"dark\", \"light\""));
  CHECK_THAT(override_fault("train.steps=5"), ContainsSubstring("the last milestone lies behind the last step"));
  CHECK_THAT(override_fault("name=\xFF"), ContainsSubstring("not valid UTF-8"));
}

TEST_CASE("the resolved text names every value, tables after values", "[io][config]") {
  CHECK(io::resolved_toml(ExampleSettings{}) ==
        "name = \"digits\"\nseed = 1\nshade = \"light\"\ntimes = [1.0, 0.75, 0.5]\n\n"
        "[train]\nsteps = 100\nranks = 1\nmilestones = [10, 20]\n\n"
        "[train.student]\nlearning_rate = 1e-04\nbetas = [0.9, 0.999]\nfused = true\n\n"
        "[train.fake]\nlearning_rate = 1e-04\nbetas = [0.9, 0.999]\nfused = true\n");
}

TEST_CASE("the resolved text reads back to the same settings bit for bit", "[io][config]") {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int i = 0; i < 200; ++i) {
    ExampleSettings settings;
    settings.name = "q\"\\\b\t\n\f\r\x01\x7f \u00e9\U0001F600" + std::to_string(i);
    settings.seed = random() >> 1U;
    settings.shade = random() % 2 == 0 ? Shade::dark : Shade::light;
    settings.train.student.learning_rate = uniform(random) * std::pow(10.0, -static_cast<double>(random() % 300));
    settings.train.fake.learning_rate = std::numeric_limits<double>::denorm_min();
    settings.times = {1, uniform(random) * 0.5 + 0.25, 0.1, 0};
    const std::string text = io::resolved_toml(settings);
    ExampleSettings back;
    io::parse_config(text, "resolved", back);
    CHECK(back == settings);
    CHECK(io::resolved_toml(back) == text);
  }
}

TEST_CASE("the digest of settings changes with any value and is that of the resolved text", "[io][config]") {
  ExampleSettings settings;
  const std::string digest = io::settings_digest(settings);
  CHECK(digest == io::xxh3_128(io::resolved_toml(settings)));
  CHECK(digest == io::settings_digest(ExampleSettings{}));
  settings.train.fake.learning_rate = std::nextafter(1e-4, 1);
  CHECK(io::settings_digest(settings) != digest);
}

TEST_CASE("values from code are checked as those of a file are", "[io][config]") {
  ExampleSettings settings;
  io::check_settings(settings);
  settings.train.student.learning_rate = std::nan("");
  settings.seed = ~std::uint64_t{0};
  CHECK_THROWS_WITH(io::check_settings(settings),
                    ContainsSubstring("train.student.learning_rate: expected a number in (0, 1], got nan") &&
                        ContainsSubstring("seed: the integer does not fit 63 bits"));
  CHECK_THROWS_AS(io::resolved_toml(settings), ConfigError);
  settings = {};
  settings.train.steps = 3;
  CHECK_THROWS_WITH(io::check_settings(settings), ContainsSubstring("the last milestone lies behind the last step"));
  settings = {};
  settings.shade = static_cast<Shade>(9);
  CHECK_THROWS_WITH(io::check_settings(settings), ContainsSubstring("shade: the value has no name"));
}

TEST_CASE("a configuration is read from a file, and its path stands in the errors", "[io][config]") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.toml";
  test::spill(path, "seed = 4\n");
  ExampleSettings settings;
  io::read_config(path, settings);
  CHECK(settings.seed == 4);
  test::spill(path, "sed = 4\n");
  CHECK_THROWS_WITH(io::read_config(path, settings), ContainsSubstring(path + ":1:1: sed: unknown key"));
  CHECK_THROWS_AS(io::read_config(directory / "none.toml", settings), FileError);
}

TEST_CASE("ranges are written as intervals", "[io][config]") {
  CHECK(io::range_text({}) == "");
  CHECK(io::range_text(positive) == "(0, inf)");
  CHECK(io::range_text(at_least(2)) == "[2, inf)");
  CHECK(io::range_text(strictly_between(0, 1)) == "(0, 1)");
  CHECK(io::range_text({.high = 0.5}) == "(-inf, 0.5]");
}
