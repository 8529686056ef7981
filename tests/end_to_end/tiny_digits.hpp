// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "support/child.hpp"
#include "unit/io/temporary_directory.hpp"

namespace dmdr::test {

/// Arguments of a digits run that takes about a second.
[[nodiscard]] inline std::vector<std::string> tiny_digits(const std::string& output,
                                                          const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"--data", DMDR_DIGITS_DATA, "--output", output};
  for (const char* setting : {"network.width=16", "network.blocks=1", "network.adapter_rank=4", "teacher.updates=120",
                              "teacher.batch=32", "teacher_steps=5", "reward.updates=100", "judge.updates=100",
                              "stage1_updates=12", "cold_updates=12", "stage2_updates=10", "anneal_updates=5",
                              "curve_every=6", "curve_samples=60", "student.batch=16", "checkpoint_every=7"}) {
    arguments.push_back("--set");
    arguments.push_back(setting);
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace dmdr::test
