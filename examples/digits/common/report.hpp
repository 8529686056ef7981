// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "figures.hpp"
#include "images.hpp"

namespace digits {

/// Everything that one seed's run found.
struct Outcome {
  std::uint64_t seed = 0;
  std::string generator{}, backend{};                 ///< what was trained, and over which backend
  std::vector<std::pair<std::string, Figures>> rows;  ///< by arm, in the order of the table
  std::map<std::string, std::vector<CurvePoint>> curves;
  std::map<std::string, Images> pictures;  ///< 100 images an arm, ten a class
  std::map<std::string, double> seconds;
  double reward_accuracy = 0;
  double judge_accuracy = 0;
  double teacher_loss = 0;
  double half_frechet = 0;
  std::int64_t skips = 0;
};

/// The table as lines of text: one seed's figures, or mean and spread of several.
[[nodiscard]] std::string table_text(const std::vector<Outcome>& outcomes);
/// The claims that the figures must bear out, each with whether they do.
[[nodiscard]] std::vector<std::pair<std::string, bool>> verdicts(const Outcome& outcome);
void write_summary(const std::string& path, const std::vector<Outcome>& outcomes, const std::string& settings_digest,
                   double total_seconds);
void write_report(const std::string& path, const std::vector<Outcome>& outcomes, const std::string& settings,
                  double total_seconds);
/// PNG grids of every arm below `directory`.
void write_pictures(const std::string& directory, const Outcome& outcome);

}  // namespace digits
