// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "options.hpp"

#include <CLI/CLI.hpp>

#include <dmdr/train/stop_signals.hpp>

namespace sample {

std::variant<Options, int> parse_command_line(int argc, char** argv, const std::string& default_student) {
  Options options{.student = default_student};
  CLI::App app{"Pictures from a saved student"};
  app.add_option("--student", options.student, "safetensors file of the network")->capture_default_str();
  app.add_option("--class", options.label, "label; without it, every class");
  app.add_option("--count", options.count, "pictures a class")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--steps", options.steps, "evaluations a picture; without it, what the student was trained for")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "of the noise")->capture_default_str();
  app.add_option("--columns", options.columns, "pictures a row")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--upscale", options.upscale, "pixels a side for each pixel")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--output", options.output, "PNG file")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return static_cast<int>(dmdr::ExitCode::bad_input);
  }
  return options;
}

}  // namespace sample
