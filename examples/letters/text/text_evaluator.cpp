// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_evaluator.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/model/sample.hpp>

#include "classifier_trainer.hpp"
#include "jobs.hpp"
#include "letters/rule_shares.hpp"
#include "program.hpp"

namespace letters {
namespace {

double mean_score(const std::vector<LetterChecks>& found, const RuleSettings& rules) {
  double sum = 0;
  for (const LetterChecks& checks : found) sum += score_of(checks, rules);
  return sum / static_cast<double>(found.size());
}

}  // namespace

Judges train_judges(const study::Keeping& keeping, const TextSettings& settings, const CaptionData& data,
                    std::int64_t checks, unsigned threads) {
  const study::ClassifierShape of_reward = study::reward_shape(3 * mask_size, letter_count);
  const study::ClassifierShape of_judge = study::judge_shape(3 * mask_size, letter_count);
  dmdr::Philox random(settings.seed);
  Judges judges{study::Classifier(study::Backend{}, of_reward, random),
                study::Classifier(study::Backend{}, of_judge, random)};
  const auto trained = [&](const char* name, const study::ClassifierShape& shape, const study::ClassifierRun& run,
                           std::uint64_t seed, Half half, study::Classifier& result) {
    return [&, name, seed, half] {
      study::ClassifierTrainer trainer(name, shape, run, seed, data.source(half));
      study::train_kept(trainer, name, run.updates, keeping);
      result = std::move(trainer).classifier();
    };
  };
  study::run_jobs(
      {{"reward", "", trained("reward", of_reward, settings.reward, settings.seed + 101, Half::a, judges.reward)},
       {"judge", "", trained("judge", of_judge, settings.judge, settings.seed + 202, Half::b, judges.judge)}},
      threads);
  dmdr::Philox held(settings.seed + 11);
  judges.reward_accuracy = study::accuracy(judges.reward, data.pictures(Half::b, held, "checks", 0, checks).images);
  judges.judge_accuracy = study::accuracy(judges.judge, data.pictures(Half::a, held, "checks", 1, checks).images);
  return judges;
}

std::vector<study::ExtraColumn> rule_columns() {
  std::vector<study::ExtraColumn> columns{{"rules", "rules", 3, true, true},
                                          {"held_out_rules", "held-out rules", 3, true, true}};
  for (const char* const name : rule_names) columns.push_back({name, name, 3, true});
  return columns;
}

double rule_figure(const study::Figures& figures, const std::string& key) {
  const std::vector<study::ExtraColumn> columns = rule_columns();
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].key == key) return figures.extra.at(i);
  throw dmdr::Error("letters_text: there is no figure '" + key + "'");
}

TextEvaluator::TextEvaluator(const Judges& judges, const CaptionData& data, const RuleSettings& rules,
                             const study::Images& real)
    : pictures_(judges.reward, judges.judge, real),
      trained_(study::Backend{}, judges.reward, data.bounds(Half::a), rules),
      held_out_(study::Backend{}, judges.judge, data.bounds(Half::b), rules),
      rules_(rules) {}

study::Figures TextEvaluator::figures(const study::Images& images, const dmdr::TextPrompts& prompts) const {
  study::Images clamped = images;
  for (double& value : clamped.values) value = std::clamp(value, -1.0, 1.0);
  const study::Tensor x = study::Backend{}.from_host(study::batch_shape(clamped.rows(), clamped), clamped.values);
  study::Figures figures = pictures_.figures(clamped);
  const std::vector<LetterChecks> held_out = held_out_.checks(x, prompts);
  figures.extra = {mean_score(trained_.checks(x, prompts), rules_), mean_score(held_out, rules_)};
  RuleShares shares;
  count_rules(shares, held_out);
  for (const Share& share : shares) figures.extra.push_back(share.value());
  return figures;
}

DrawnPictures draw_captions(const TextSpec& spec, const TextNetwork& network, const dmdr::TextPrompts& prompts,
                            const TextSampling& sampling) {
  const auto start = std::chrono::steady_clock::now();
  const study::Tensor pictures =
      dmdr::draw_images(study::Backend{}, spec, network, dmdr::Cps<1>{.eta = sampling.eta}, prompts,
                        {.grid = {.steps = sampling.steps, .shift = sampling.shift},
                         .guidance = sampling.guidance,
                         .adapter_scale = sampling.adapter_scale,
                         .seed = sampling.seed,
                         .rows_at_once = study::rows_at_once});
  const double seconds = study::seconds_since(start);
  return {{study::Backend::to_host(pictures), letters_of(prompts), dmdr::shape_of(pictures).row_size(), 3}, seconds};
}

}  // namespace letters
