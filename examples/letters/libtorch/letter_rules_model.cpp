// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/libtorch/letter_rules_model.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>

#include "letters/caption.hpp"

namespace letters {

LetterRulesModel::LetterRulesModel(const dmdr::LibTorch& backend, const dmdr::libtorch::ConvClassifier& recogniser,
                                   const ShapeBounds& bounds, const RuleSettings& settings, dmdr::Location where)
    : backend_(backend), recogniser_(recogniser.frozen()), bounds_(bounds), settings_(settings) {
  const auto& reads = recogniser_.settings();
  if (reads.channels != 3 || reads.classes != letter_count)
    throw dmdr::ConfigError("LetterRules: the classifier must read 26 letters in pictures of 3 channels; it has " +
                                std::to_string(reads.classes) + " classes and " + std::to_string(reads.channels) +
                                " channels",
                            where);
  dmdr::io::check_settings(settings_, where);
}

std::vector<LetterChecks> LetterRulesModel::checks(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                                   dmdr::Location where) const {
  const dmdr::Shape shape = dmdr::shape_of(pictures);
  if (!(shape == dmdr::Shape{prompts.rows(), 3, side, side}))
    throw dmdr::ShapeError("LetterRules: pictures " + shape.str() + " come with " + std::to_string(prompts.rows()) +
                               " prompts, expected [" + std::to_string(prompts.rows()) + ", 3, 32, 32]",
                           where);
  const dmdr::LibTorch::NoGrad no_grad;
  const std::vector<double> logits = dmdr::LibTorch::to_host(recogniser_.logits(pictures, where));
  const std::vector<double> pixels = dmdr::LibTorch::to_host(pictures);
  std::vector<LetterChecks> found;
  for (std::size_t i = 0; i < prompts.texts().size(); ++i) {
    const auto row = logits.begin() + static_cast<std::ptrdiff_t>(i) * letter_count;
    found.push_back(check_letter(std::span(pixels).subspan(i * 3 * mask_size, 3 * mask_size),
                                 parse_caption(prompts.texts()[i], where),
                                 std::max_element(row, row + letter_count) - row, bounds_, settings_));
  }
  return found;
}

at::Tensor LetterRulesModel::score(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                   dmdr::Location where) const {
  std::vector<double> scores;
  for (const LetterChecks& found : checks(pictures, prompts, where)) scores.push_back(score_of(found, settings_));
  return backend_.from_host(dmdr::Shape{prompts.rows()}, scores, where);
}

}  // namespace letters
