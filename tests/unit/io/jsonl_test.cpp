// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/jsonl.hpp>

#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

/// What a run reports at a step.
std::vector<io::Metric> metrics_of(std::int64_t step) {
  return {{"reward", std::sin(static_cast<double>(step))},
          {"loss", step % 3 == 0 ? std::nan("") : 1.0 / static_cast<double>(step)}};
}

}  // namespace

TEST_CASE("a line holds the step and the metrics in their order", "[io][jsonl]") {
  CHECK(io::metrics_line(3, {{"reward", 0.5}, {"loss", -2}}) == R"({"step":3,"reward":0.5,"loss":-2})");
  CHECK(io::metrics_line(-1, {}) == R"({"step":-1})");
  CHECK(io::metrics_line(0, {{"a \"b\"\n\u00e9", 0.1}}) == "{\"step\":0,\"a \\\"b\\\"\\n\u00e9\":0.10000000000000001}");
}

TEST_CASE("values that are not finite are null, and a key of their own says which they were", "[io][jsonl]") {
  CHECK(io::metrics_line(7, {{"a", std::nan("")}, {"b", 1}, {"c", infinity}, {"d", -infinity}}) ==
        R"({"step":7,"a":null,"b":1,"c":null,"d":null,"non_finite":{"a":"nan","c":"inf","d":"-inf"}})");
}

TEST_CASE("doubles in a line read back to the same bits", "[io][jsonl]") {
  for (const double value : {0.1, 1.0 / 3, 1e-300, -0.0, 1e22, 123456789.123456789, std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::denorm_min(), std::nextafter(1.0, 2.0)}) {
    const double back = nlohmann::json::parse(io::metrics_line(1, {{"v", value}})).at("v").get<double>();
    CHECK(back == value);
    CHECK(std::signbit(back) == std::signbit(value));
  }
}

TEST_CASE("names that would make a line ambiguous are refused", "[io][jsonl]") {
  CHECK_THROWS_AS(io::metrics_line(1, {{"a", 1}, {"a", 2}}), FileError);
  CHECK_THROWS_AS(io::metrics_line(1, {{"step", 1}}), FileError);
  CHECK_THROWS_AS(io::metrics_line(1, {{"non_finite", 1}}), FileError);
  CHECK_THROWS_AS(io::metrics_line(1, {{"\xFF", 1}}), FileError);
}

TEST_CASE("a log cut back at any step and written on equals an uninterrupted one", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::int64_t last = 20;
  {
    io::MetricsLog log(directory / "whole.jsonl");
    for (std::int64_t step = 1; step <= last; ++step) log.write(step, metrics_of(step));
  }
  for (std::int64_t cut = 0; cut <= last; ++cut) {
    const std::string path = directory / ("cut" + std::to_string(cut) + ".jsonl");
    {
      io::MetricsLog log(path);
      for (std::int64_t step = 1; step <= std::min(cut + 3, last); ++step) log.write(step, metrics_of(step));
    }
    io::MetricsLog log(path);
    log.truncate_after(cut);
    for (std::int64_t step = cut + 1; step <= last; ++step) log.write(step, metrics_of(step));
    CHECK(slurp(path) == slurp(directory / "whole.jsonl"));
  }
}

TEST_CASE("a log goes on behind its last line and refuses to go back", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "log.jsonl";
  {
    io::MetricsLog log(path);
    log.write(5, {{"a", 1}});
  }
  io::MetricsLog log(path);
  CHECK(log.last_step() == 5);
  CHECK_THROWS_WITH(log.write(4, {{"a", 1}}), ContainsSubstring("step 4 lies before the last one, 5"));
  log.write(5, {{"b", 1}});
  log.truncate_after(4);
  log.write(4, {{"a", 2}});
  CHECK(slurp(path) == "{\"step\":4,\"a\":2}\n");
}

TEST_CASE("a last line without its end is taken off when a log is opened", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "log.jsonl";
  spill(path, "{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":0.");
  io::MetricsLog log(path);
  CHECK(log.last_step() == 1);
  log.write(2, {{"a", 2}});
  CHECK(slurp(path) == "{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n");
}

TEST_CASE("a file that is no metrics log is refused and left as it is", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "notes.txt";
  for (const std::string text :
       {"my notes\n", "{\"step\":1}\n\n", "{\"step\":x}\n", "{\"step\":1\n", "{\"step\":99999999999999999999}\n"}) {
    spill(path, text);
    CHECK_THROWS_WITH(io::MetricsLog(path),
                      ContainsSubstring("notes.txt") && ContainsSubstring("is not one of a metrics log"));
    CHECK(slurp(path) == text);
  }
}

TEST_CASE("lines longer than a block of reading are found", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "log.jsonl";
  const std::string name(200'000, 'n');
  {
    io::MetricsLog log(path);
    for (std::int64_t step = 1; step <= 3; ++step) log.write(step, {{name, 1}});
  }
  io::MetricsLog log(path);
  CHECK(log.last_step() == 3);
  log.truncate_after(1);
  CHECK(slurp(path).size() == name.size() + 16);
}

TEST_CASE("a line that cannot be written leaves the log with the line before", "[io][jsonl]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "log.jsonl";
  test::FaultyFileSystem files;
  io::MetricsLog log(path, files);
  log.write(1, {{"a", 1}});
  files.fail_at(0, ENOSPC);
  CHECK_THROWS_WITH(log.write(2, {{"a", 2}}), ContainsSubstring(path) && ContainsSubstring("No space left on device"));
  CHECK(log.last_step() == 1);
  log.write(2, {{"a", 2}});
  CHECK(slurp(path) == "{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n");
}
