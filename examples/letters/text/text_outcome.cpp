// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_outcome.hpp"

#include <algorithm>
#include <cstdint>

#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>

namespace letters {
namespace {

constexpr std::int64_t pictures_shown = 48;

/// Draws for the run's prompts and fills a row.
class Rows {
 public:
  Rows(const TextArmContext& context, study::Outcome& outcome)
      : context_(context),
        outcome_(outcome),
        shown_(dmdr::iota_samples(std::min(pictures_shown, context.prompts.rows()))) {
    outcome_.captions = context.prompts.take(shown_).texts();
  }
  void add(const std::string& name, const TextNetwork& network, const TextSampling& sampling) {
    const DrawnPictures drawn = draw_captions(context_.settings.network, network, context_.prompts, sampling);
    add(name, drawn.images);
    study::Figures& figures = outcome_.rows.back().second;
    figures.seconds_per_image = drawn.seconds / static_cast<double>(context_.prompts.rows());
    figures.nfe = sampling.steps * (sampling.guidance > 1 ? 2 : 1);
  }
  void add(const std::string& name, const study::Images& images) {
    outcome_.rows.emplace_back(name, context_.evaluator.figures(images, context_.prompts));
    outcome_.pictures.emplace(name, images.take(shown_));
  }

 private:
  const TextArmContext& context_;
  study::Outcome& outcome_;
  std::vector<std::int64_t> shown_;
};

}  // namespace

study::ReportForm text_report_form() {
  return {.title = "Letters from text: few-step distillation with rewards",
          .introduction =
              std::string("A text-conditioned teacher of the letters A to Z at 32 x 32 in colour (") + TextSpec::name +
              " over " + study::Backend::name +
              "), distilled by DMD into students of four steps: without a reward; with the margin of the letter by "
              "ReFL, which needs its gradient; and with rules that have none (letter, ink, paper, slant, weight), by a "
              "tilted fake score and by GRPO. All start from the teacher and have the same number of updates. `reward` "
              "and `held-out` are margins of the letter, `rules` the mean share of the caption's rules that hold, once "
              "by the classifier and bounds of the half of the font families that rewards see and once by those of the "
              "other half, whose classifier is the judge; the shares of single rules are the judge's.",
          .pictures = "Pictures for the same captions and noise",
          .picture_columns = 8,
          .upscale = 2,
          .colour = true,
          .extra = rule_columns()};
}

study::Outcome text_outcome(const TextArmContext& context, const study::Keeping& keeping, const CaptionedPictures& real,
                            const std::vector<TextArm>& arms, const std::map<std::string, TextArmResult>& results) {
  const TextSettings& settings = context.settings;
  study::Outcome outcome;
  outcome.seed = settings.seed;
  outcome.generator = TextSpec::name;
  outcome.backend = study::Backend::name;
  outcome.reward_accuracy = context.judges.reward_accuracy;
  outcome.judge_accuracy = context.judges.judge_accuracy;
  Rows rows(context, outcome);
  rows.add("real", real.images);
  for (const bool few : {false, true})
    rows.add(few ? "teacher_few_steps" : "teacher", context.teacher,
             {.steps = few ? settings.student.steps : settings.teacher_steps,
              .shift = settings.student.shift,
              .guidance = few ? settings.few_steps_guidance : settings.teacher_guidance,
              .eta = 0,
              .seed = settings.seed + 2000});
  const std::string directory = keeping.directory + "/students";
  dmdr::io::make_directories(dmdr::io::real_file_system(), directory);
  for (const TextArm& arm : arms) {
    const TextArmResult& result = results.at(arm.name);
    rows.add(arm.name, result.student, sampling_of(settings, result));
    outcome.curves.emplace(arm.name, result.curve);
    outcome.skips += result.skips;
    dmdr::io::Metadata metadata = text_metadata(keeping, settings.seed, settings.network, "student");
    metadata["steps"] = std::to_string(settings.student.steps);
    metadata["shift"] = std::to_string(settings.student.shift);
    metadata["eta"] = std::to_string(result.eta);
    dmdr::io::write_safetensors(directory + "/" + arm.name + ".safetensors",
                                dmdr::store_parameters(result.student.base()), metadata);
  }
  outcome.claims = text_claims(outcome);
  return outcome;
}

std::vector<std::pair<std::string, bool>> text_claims(const study::Outcome& outcome) {
  const std::map<std::string, study::Figures> rows(outcome.rows.begin(), outcome.rows.end());
  const auto rules = [&](const char* arm) { return rule_figure(rows.at(arm), "held_out_rules"); };
  const auto margin = [&](const char* arm) { return rows.at(arm).held_out_reward; };
  const auto form = [&](const char* arm) {  // what a margin of the letter does not see
    double sum = 0;
    for (const char* const rule : {"ink", "paper", "slant", "weight"}) sum += rule_figure(rows.at(arm), rule);
    return sum;
  };
  std::vector<std::pair<std::string, bool>> claims;
  const bool plain = rows.contains("dmd"), tilted = rows.contains("tilted_rules"), refl = rows.contains("dmd_refl");
  if (plain && tilted)
    claims.emplace_back("tilted_rules obeys held-out rules more than dmd", rules("tilted_rules") > rules("dmd"));
  if (rows.contains("dmd_cps") && rows.contains("grpo_rules"))
    claims.emplace_back("grpo_rules obeys held-out rules more than dmd_cps, its sampler without a reward",
                        rules("grpo_rules") > rules("dmd_cps"));
  if (plain && refl)
    claims.emplace_back("dmd_refl raises the judge's margin of the letter over dmd",
                        margin("dmd_refl") > margin("dmd"));
  if (refl && tilted && rows.contains("grpo_rules")) {
    claims.emplace_back("... by more than either student by rules does",
                        margin("dmd_refl") > std::max(margin("tilted_rules"), margin("grpo_rules")));
    claims.emplace_back("... and obeys held-out rules less than the better student by rules",
                        rules("dmd_refl") < std::max(rules("tilted_rules"), rules("grpo_rules")));
    claims.emplace_back("... above all those of colours, slant and weight, which it does not see",
                        form("dmd_refl") < std::max(form("tilted_rules"), form("grpo_rules")));
  }
  return claims;
}

}  // namespace letters
