// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace digits {

/// What the command line of a run says.
struct Options {
  std::string config{};  ///< TOML file of settings; empty: none
  std::vector<std::string> overrides{};
  std::string data = "examples/digits/data/digits.safetensors";
  std::string output{};
  std::int64_t seeds = 1;
  unsigned threads = 1;
  bool cold_start = false;
  bool resume = false;
};

/// The options, or the exit code where the program ends at once: after `--help`, or at a mistake, which has been printed then.
[[nodiscard]] std::variant<Options, int> parse_command_line(int argc, char** argv, const std::string& default_output);

}  // namespace digits
