// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The library over LibTorch: its expressions against LibTorch's operators, a training step against the same by hand and in eager PyTorch, and
// what files that use it cost to compile. docs/reference/benchmarks.md says how to read it.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include <CLI/CLI.hpp>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>

#include "chains.hpp"
#include "compile_cost.hpp"
#include "letters_step.hpp"
#include "machine.hpp"
#include "results.hpp"
#include "step.hpp"
#include "timing.hpp"

namespace {

struct Options {
  std::string output = "runs/bench-libtorch/summary.json";
  bool quick = false;
  long long rounds = 100;
  std::string only{};
  bench::SitStepSettings step{};
  std::string teacher = bench::LettersStepSettings{}.teacher;
  std::int64_t letters_rounds = bench::LettersStepSettings{}.rounds;
};

/// Arguments of a chain, and forward and backward of one of its writings.
class Bench {
 public:
  Bench(const bench::Chain& chain, std::int64_t rows, std::int64_t cols) {
    for (const bench::ChainArgument& argument : chain.arguments) {
      const at::Tensor value = argument.per_sample ? at::rand({rows}) : at::rand({rows, cols});
      arguments_.push_back(
          (value * (argument.high - argument.low) + argument.low).set_requires_grad(argument.gradient));
      if (argument.gradient) variables_.push_back(arguments_.back());
    }
    const at::Tensor out = chain.naive(arguments_);
    cotangent_ = at::rand(out.sizes());
  }

  at::Tensor run(const std::function<at::Tensor(const std::vector<at::Tensor>&)>& writing) {
    for (const at::Tensor& variable : variables_) variable.mutable_grad().reset();
    const at::Tensor out = writing(arguments_);
    dmdr::LibTorch::backward(std::span(&out, 1), std::span(&cotangent_, 1));
    return out;
  }

  /// Throws where value or gradients of two writings differ by more than 1e-4 of the largest number.
  void compare(const bench::Chain& chain) {
    const std::vector<at::Tensor> wanted = results(chain.naive);
    for (const auto& writing : {chain.expression, chain.in_place}) {
      const std::vector<at::Tensor> found = results(writing);
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        const double apart = (found[k] - wanted[k]).abs().max().item<double>();
        if (!(apart <= 1e-4 * wanted[k].abs().max().item<double>() + 1e-7))
          throw dmdr::Error("benchmark: the writings of " + chain.name + " differ by " + std::to_string(apart));
      }
    }
  }

 private:
  std::vector<at::Tensor> results(const std::function<at::Tensor(const std::vector<at::Tensor>&)>& writing) {
    std::vector<at::Tensor> all{run(writing).detach().clone()};
    for (const at::Tensor& variable : variables_) all.push_back(variable.grad().clone());
    return all;
  }

  std::vector<at::Tensor> arguments_, variables_;
  at::Tensor cotangent_;
};

void measure(bench::Results& results, const Options& options, int threads) {
  dmdr::libtorch::set_threads(threads);
  std::printf("%d thread%s, forward + backward: time of LibTorch's operators over the library's (more is better)\n",
              threads, threads == 1 ? "" : "s");
  std::printf("%-24s %16s %22s %22s %12s\n", "formula", "elements", "naive", "in place", "library");
  const std::vector<std::pair<std::int64_t, std::int64_t>> sizes =
      options.quick
          ? std::vector<std::pair<std::int64_t, std::int64_t>>{{4, 1024}}
          : std::vector<std::pair<std::int64_t, std::int64_t>>{{16, 1024}, {16, 65536}, {64, 65536}, {256, 65536}};
  for (const bench::Chain& chain : bench::chains())
    for (const auto& [rows, cols] : sizes) {
      at::manual_seed(1);
      Bench one(chain, rows, cols);
      one.compare(chain);
      const std::vector<bench::Work> works{[&] { (void)one.run(chain.expression); },
                                           [&] { (void)one.run(chain.naive); }, [&] { (void)one.run(chain.in_place); }};
      const long long rounds =
          options.quick ? 3 : std::max(10LL, std::min(options.rounds, (1LL << 27) / (rows * cols)));
      const bench::Rounds measured(works, {rounds, options.quick ? 1e-6 : 3e-5});
      const std::string path =
          "losses/" + chain.name + "/" + std::to_string(rows * cols) + "/" + std::to_string(threads) + "_threads/";
      results.add(path + "naive_over_expression", measured.ratio(1, 0));
      results.add(path + "in_place_over_expression", measured.ratio(2, 0));
      results.add(path + "expression_seconds", measured.seconds(0));
      std::printf("%-24s %16lld %22s %22s %9.1f us\n", chain.name.c_str(), static_cast<long long>(rows * cols),
                  bench::text_of(measured.ratio(1, 0)).c_str(), bench::text_of(measured.ratio(2, 0)).c_str(),
                  1e6 * measured.seconds(0).median);
      std::fflush(stdout);
    }
  std::printf("\n");
}

void run(const Options& options) {
  bench::Results results;
  const std::string memory = bench::allocator_of_environment();
  results.add("machine", bench::machine());
  results.add("compiled_with", bench::compiled_with());
  results.add("libtorch", dmdr::libtorch::version());
  results.add("allocator", memory);
  std::printf("machine: %s\ncompiled with: %s\nLibTorch %s\nmemory: %s\n\n", bench::machine().c_str(),
              bench::compiled_with().c_str(), dmdr::libtorch::version().c_str(), memory.c_str());
  results.write(options.output);  // a place that cannot be written is found now and not after minutes
  const auto wanted = [&](const char* part) { return options.only.empty() || options.only == part; };
  if (wanted("losses"))
    for (const int threads : {1, 2}) measure(results, options, threads);
  if (wanted("step")) bench::measure_sit_step(results, options.step);
  if (wanted("letters"))
    bench::measure_letters_step(results, {.teacher = options.teacher,
                                          .rounds = options.letters_rounds,
                                          .threads = options.step.threads,
                                          .python = options.step.python});
  if (wanted("compile")) bench::measure_libtorch_compile_cost(results, options.quick, options.quick ? 1 : 3);
  results.write(options.output);
  std::printf("%s\n", options.output.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Benchmarks of dmdr over LibTorch"};
  app.add_option("--output", options.output, "JSON file with every ratio, its median and its quartiles")
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "samples of each work, fewer for large ones")
      ->check(CLI::Range(3, 100000))
      ->capture_default_str();
  app.add_flag("--quick", options.quick, "a few seconds: shows that everything runs, its times mean nothing");
  app.add_option("--only", options.only, "one part")->check(CLI::IsMember({"losses", "step", "letters", "compile"}));
  app.add_option("--model", options.step.model,
                 "of the step: SiT-S/2, SiT-B/2, SiT-L/2, SiT-XL/2, letters (the network of examples/letters) or tiny")
      ->capture_default_str();
  app.add_option("--batch", options.step.batch, "of the step")->check(CLI::Range(1, 4096))->capture_default_str();
  app.add_option("--step-rounds", options.step.rounds, "iterations of each kind")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--steps", options.step.steps, "of the step: evaluations of the student, one or more numbers")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--teacher", options.teacher, "of the letters' updates")->capture_default_str();
  app.add_option("--letters-rounds", options.letters_rounds, "updates of the letters' student")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--threads", options.step.threads, "of the step and of the letters' updates")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--python", options.step.python,
                 "a Python interpreter with PyTorch, whose eager steps are timed beside ours");
  try {
    app.parse(argc, argv);
    if (options.quick) {
      options.step.model = "tiny";
      options.step.batch = 2;
      options.step.rounds = 2;
      options.letters_rounds = 1;
    }
    run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 4;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
