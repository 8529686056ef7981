// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "command_line.hpp"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

#include <dmdr/train/stop_signals.hpp>

namespace digits {

std::variant<Options, int> parse_command_line(int argc, char** argv, const std::string& default_output) {
  Options options{.output = default_output, .threads = std::max(1U, std::thread::hardware_concurrency())};
  CLI::App app{"Few-step students of handwritten digits: distillation with and without rewards, compared"};
  app.add_option("--config", options.config, "TOML file of settings (see settings.toml of a finished run)");
  app.add_option("--set", options.overrides, "one setting, key=value; may be repeated");
  app.add_option("--data", options.data, "the digits")->capture_default_str();
  app.add_option("--output", options.output, "folder of the run")->capture_default_str();
  app.add_option("--seeds", options.seeds, "how many seeds, counted from `seed`")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "arms trained side by side")
      ->check(CLI::Range(1U, 64U))
      ->capture_default_str();
  app.add_flag("--cold-start", options.cold_start,
               "DynaDG and DynaRS on and off from a random student, instead of the main arms");
  app.add_flag("--resume", options.resume, "go on from the checkpoints in the output folder");
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

}  // namespace digits
