// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace study {

/// What every program of a study can be told beside its settings.
struct RunOptions {
  std::string data{};    ///< file of the real images
  std::string output{};  ///< folder of the run
  unsigned threads = cores();
  bool resume = false;

  /// `data_help` says what `--data` is.
  void add_to(CLI::App& app, const std::string& data_help);

  [[nodiscard]] static unsigned cores();
};

/// Throws `ConfigError` where a program has no arm of that name.
void require_arm(const std::string& program, const std::string& name, const std::vector<std::string>& known);

}  // namespace study
