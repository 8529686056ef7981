// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include <dmdr/io/config.hpp>

namespace study {

/// The two options that give a program its settings: `--config FILE` and `--set key=value`.
class SettingsOptions {
 public:
  explicit SettingsOptions(CLI::App& app);

  /// `settings` as the file and then the assignments have it. Throws `ConfigError` as `read_config` and `apply_override` do.
  template <class Settings>
  [[nodiscard]] Settings applied_to(Settings settings) const {
    if (!config_.empty()) dmdr::io::read_config(config_, settings);
    for (const std::string& assignment : assignments_) dmdr::io::apply_override(assignment, settings);
    return settings;
  }

 private:
  std::string config_{};
  std::vector<std::string> assignments_{};
};

/// The body of a program's `main`: parses the command line, runs `body`, and turns what is thrown into a sentence on the standard error
/// and an exit code (docs/reference/exit_codes.md).
[[nodiscard]] int run_program(CLI::App& app, int argc, char** argv, const std::function<int()>& body);

/// Writes `<output>/settings.toml`. With `resume`, throws `ConfigError` where there is one of other settings: before any file of the run is
/// touched.
void keep_settings(const std::string& output, const std::string& settings, bool resume);

[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace study
