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

namespace study {

/// A teacher's figures with one number of steps and one guidance.
struct GuidedRow {
  std::int64_t steps = 0;
  double guidance = 0;
  Figures figures{};
};

/// Everything that one seed's run found.
struct Outcome {
  std::uint64_t seed = 0;
  std::string generator{}, backend{};                 ///< what was trained, and over which backend
  std::vector<std::pair<std::string, Figures>> rows;  ///< by arm, in the order of the table
  std::vector<GuidedRow> guided{};                    ///< of the teacher, where a run looks for its best guidance
  std::map<std::string, std::vector<CurvePoint>> curves;
  std::map<std::string, Images> pictures;  ///< some images an arm, in the same order of labels
  std::vector<std::string> captions{};     ///< of the pictures, where they have some
  /// What the figures must bear out, each with whether they do.
  std::vector<std::pair<std::string, bool>> claims;
  std::map<std::string, double> seconds;
  double reward_accuracy = 0;
  double judge_accuracy = 0;
  double teacher_loss = 0;
  double half_frechet = 0;
  std::int64_t skips = 0;
};

/// What the report says around the figures, and how its pictures are laid out.
struct ReportForm {
  std::string title{}, introduction{}, pictures{};
  std::int64_t picture_columns = 10;
  std::int64_t upscale = 3;
  bool colour = false;               ///< with columns and curves of luminance and saturation
  std::vector<ExtraColumn> extra{};  ///< of `Figures::extra`; they stand behind the rewards
};

/// The table as lines of text: one seed's figures, or mean and spread of several.
[[nodiscard]] std::string table_text(const std::vector<Outcome>& outcomes, const ReportForm& form);
/// The two findings of the paper's figures 3 and 4 (DMDR 2511.13649): the tilted joint student against its teacher, RL alone against joint;
/// of the arms that the outcome has.
[[nodiscard]] std::vector<std::pair<std::string, bool>> paper_claims(const Outcome& outcome);
void write_summary(const std::string& path, const std::vector<Outcome>& outcomes, const ReportForm& form,
                   const std::string& settings_digest, double total_seconds);
void write_report(const std::string& path, const std::vector<Outcome>& outcomes, const ReportForm& form,
                  const std::string& settings, double total_seconds);
/// PNG grids of every arm below `directory`.
void write_pictures(const std::string& directory, const Outcome& outcome, const ReportForm& form);
/// What a program ends with: `summary.json` and `report.html` below `output`; on the terminal the table, the claims with whether they hold,
/// and what the classifiers reach. `settings` are the resolved ones as TOML.
void conclude(const std::string& output, const std::vector<Outcome>& outcomes, const ReportForm& form,
              const std::string& settings, const std::string& settings_digest, double total_seconds);
/// One picture of many.
[[nodiscard]] std::string png_grid(const Images& images, const ReportForm& form);

}  // namespace study
