// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <dmdr/io/safetensors.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "unit/io/temporary_directory.hpp"

namespace dmdr::test {

/// The arms of a run, each with a student of its own.
inline const std::vector<std::string> digits_arms{"dmd",        "dmd_rl_only", "dmd_joint",    "rtdm",
                                                  "rtdm_joint", "tilted",      "tilted_joint", "student_1step"};

/// Arguments of a digits run with these settings; `more` comes after them.
[[nodiscard]] inline std::vector<std::string> digits_arguments(const std::string& output,
                                                               const std::vector<std::string>& settings,
                                                               const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"--data", DMDR_DIGITS_DATA, "--output", output};
  for (const std::string& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// Arguments of a digits run over Eigen that takes about a second.
[[nodiscard]] inline std::vector<std::string> tiny_digits(const std::string& output,
                                                          const std::vector<std::string>& more = {}) {
  return digits_arguments(output,
                          {"network.width=16", "network.blocks=1", "network.adapter_rank=4", "teacher.updates=120",
                           "teacher.batch=32", "teacher_steps=5", "reward.updates=100", "judge.updates=100",
                           "stage1_updates=12", "cold_updates=12", "stage2_updates=10", "anneal_updates=5",
                           "curve_every=6", "curve_samples=60", "student.batch=16", "checkpoint_every=7"},
                          more);
}

/// A finished run that the cases of a file share, made by the first that asks.
struct SharedRun {
  SharedRun(const std::string& program,
            std::vector<std::string> (*arguments)(const std::string&, const std::vector<std::string>&))
      : ended(run_program(program, arguments(place, {}))) {}

  TemporaryDirectory directory;
  std::string place = directory / "run";
  Ended ended;
};

/// Students and metrics of two runs are equal byte for byte.
inline void check_same_results(const std::string& a, const std::string& b) {
  for (const std::string& arm : digits_arms) {
    CAPTURE(arm);
    CHECK(io::read_safetensors(a + "/students/" + arm + ".safetensors").tensors ==
          io::read_safetensors(b + "/students/" + arm + ".safetensors").tensors);
    CHECK(slurp(a + "/arms/" + arm + "/metrics.jsonl") == slurp(b + "/arms/" + arm + "/metrics.jsonl"));
  }
}

}  // namespace dmdr::test
