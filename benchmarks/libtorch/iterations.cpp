// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "iterations.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "timing.hpp"

namespace bench {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add_ratios(Results& results, const std::string& path, const Taken& a, const Taken& b, std::int64_t ratio) {
  const auto others = static_cast<double>(ratio - 1);
  std::vector<double> fake, generator, cycle;
  for (std::size_t k = 0; k < a.fake.size(); ++k) {
    fake.push_back(a.fake[k] / b.fake[k]);
    generator.push_back(a.generator[k] / b.generator[k]);
    cycle.push_back((others * a.fake[k] + a.generator[k]) / (others * b.fake[k] + b.generator[k]));
  }
  const std::array<std::pair<const char*, const std::vector<double>*>, 3> all{
      {{"fake_iteration", &fake}, {"generator_iteration", &generator}, {"cycle", &cycle}}};
  std::printf("  %-34s", path.substr(path.rfind('/', path.size() - 1) + 1).c_str());
  for (const auto& [name, values] : all) {
    results.add(path + "/" + name, spread_of(*values));
    std::printf("  %s %s", name, text_of(spread_of(*values)).c_str());
  }
  std::printf("\n");
}

std::unique_ptr<Peer> eager_peer(const std::string& python, const std::vector<std::string>& arguments) {
  if (python.empty()) return nullptr;
  std::vector<std::string> command{python, DMDR_BENCH_SOURCE_DIR "/benchmarks/python/dmdr_step.py", "--serve",
                                   "--quiet"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return std::make_unique<Peer>(command);
}

}  // namespace bench
