// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "run_options.hpp"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/nearest_name.hpp>

namespace study {

unsigned RunOptions::cores() { return std::max(1U, std::thread::hardware_concurrency()); }

void RunOptions::add_to(CLI::App& app, const std::string& data_help) {
  app.add_option("--data", data, data_help)->capture_default_str();
  app.add_option("--output", output, "folder of the run")->capture_default_str();
  app.add_option("--threads", threads, "trainings side by side")->check(CLI::Range(1U, 64U))->capture_default_str();
  app.add_flag("--resume", resume, "go on from the checkpoints in the output folder");
}

void require_arm(const std::string& program, const std::string& name, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw dmdr::ConfigError(program + ": there is no arm '" + name + "'; did you mean '" +
                            dmdr::io::nearest_name(name, known) + "'?");
}

}  // namespace study
