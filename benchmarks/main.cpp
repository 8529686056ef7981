// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Ratios against what one would write without the library, and the cost of compiling it. docs/reference/benchmarks.md says how to read them.

#include <cstdio>
#include <exception>
#include <string>

#include <Eigen/Core>

#include <CLI/CLI.hpp>

#include "compile_cost.hpp"
#include "losses.hpp"
#include "machine.hpp"
#include "results.hpp"
#include "step.hpp"

namespace {

struct Options {
  std::string output = "runs/bench/summary.json";
  std::string only;
  bool quick = false;
  long long rounds = 200;
};

void run(const Options& options) {
  bench::Results results;
  const std::string memory = bench::use_allocator();
  results.add("machine", bench::machine());
  results.add("compiled_with", bench::compiled_with());
  results.add("allocator", memory);
  results.add("threads", 1.0);
  results.add("rounds", options.quick ? 3.0 : static_cast<double>(options.rounds));
  std::printf("machine: %s\ncompiled with: %s\nmemory: %s\none thread\n\n", bench::machine().c_str(),
              bench::compiled_with().c_str(), memory.c_str());
  Eigen::setNbThreads(1);
  results.write(options.output);  // a place that cannot be written is found now and not after minutes

  const auto wanted = [&](const char* part) { return options.only.empty() || options.only == part; };
  const bench::TimingSettings losses{options.quick ? 3 : options.rounds, options.quick ? 1e-6 : 3e-5};
  const bench::TimingSettings step{options.quick ? 3 : 2 * options.rounds, 0};
  if (wanted("losses")) bench::measure_losses(results, losses);
  if (wanted("step")) bench::measure_step(results, step);
  if (wanted("compile")) bench::measure_compile_cost(results, options.quick, options.quick ? 1 : 3);
  results.write(options.output);
  std::printf("\n%s\n", options.output.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Benchmarks of dmdr"};
  app.add_option("--output", options.output, "JSON file with every ratio, its median and its quartiles")
      ->capture_default_str();
  app.add_option("--only", options.only, "one part")->check(CLI::IsMember({"losses", "step", "compile"}));
  app.add_option("--rounds", options.rounds, "samples of each work")
      ->check(CLI::Range(3, 100000))
      ->capture_default_str();
  app.add_flag("--quick", options.quick, "a few seconds: shows that everything runs, its times mean nothing");
  try {
    app.parse(argc, argv);
    run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 4;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
