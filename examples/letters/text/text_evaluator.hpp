// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/model/condition.hpp>

#include "caption_data.hpp"
#include "evaluate.hpp"
#include "letters/libtorch/letter_rules_model.hpp"
#include "report.hpp"
#include "text_network.hpp"
#include "text_settings.hpp"

namespace letters {

/// The two classifiers of letters: one half of the families for the reward, the other for who judges.
struct Judges {
  study::Classifier reward;
  study::Classifier judge;
  double reward_accuracy = 0;  ///< on the half that it was not trained on
  double judge_accuracy = 0;
};

/// Trains both on captioned pictures, side by side, with checkpoints; `checks` pictures of the other half measure each.
[[nodiscard]] Judges train_judges(const study::Keeping& keeping, const TextSettings& settings, const CaptionData& data,
                                  std::int64_t checks, unsigned threads);

/// The columns that this run adds to a study's table.
[[nodiscard]] std::vector<study::ExtraColumn> rule_columns();
/// One of them by its key, of a row. Throws `Error` for a key that is none.
[[nodiscard]] double rule_figure(const study::Figures& figures, const std::string& key);

/// Looks at pictures and their captions: the figures of `study::Evaluator` and those of the rules, by the reward's classifier and bounds and by
/// the judge's.
class TextEvaluator {
 public:
  /// Keeps references to all but `rules`.
  TextEvaluator(const Judges& judges, const CaptionData& data, const RuleSettings& rules, const study::Images& real);

  /// All figures but time and evaluations. Pictures are clamped to [-1, 1] first.
  [[nodiscard]] study::Figures figures(const study::Images& images, const dmdr::TextPrompts& prompts) const;
  [[nodiscard]] const study::Evaluator& pictures() const { return pictures_; }

 private:
  study::Evaluator pictures_;
  LetterRulesModel trained_;
  LetterRulesModel held_out_;
  RuleSettings rules_;
};

/// How pictures are drawn from a network.
struct TextSampling {
  std::int64_t steps = 4;
  double shift = 1;
  double guidance = 1;
  double eta = 1;  ///< of `Cps`: 1 renoises, 0 follows the probability flow
  double adapter_scale = 0;
  std::uint64_t seed = 0;
};

/// Pictures drawn for captions, labelled by the captions' letters, and the seconds that it took.
struct DrawnPictures {
  study::Images images{};
  double seconds = 0;
};
[[nodiscard]] DrawnPictures draw_captions(const TextSpec& spec, const TextNetwork& network,
                                          const dmdr::TextPrompts& prompts, const TextSampling& sampling);

}  // namespace letters
