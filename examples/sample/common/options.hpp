// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace sample {

/// What the command line says.
struct Options {
  std::string student{};
  std::string output = "samples.png";
  std::int64_t label = -1;  ///< -1: every class
  std::int64_t count = 10;  ///< pictures a class
  std::int64_t steps = 0;   ///< 0: what the student was trained for
  std::uint64_t seed = 0;
  std::int64_t columns = 10;
  std::int64_t upscale = 4;
};

/// The options, or the exit code where the program ends at once: after `--help`, or at a mistake, which has been printed then.
[[nodiscard]] std::variant<Options, int> parse_command_line(int argc, char** argv, const std::string& default_student);

}  // namespace sample
