// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/libtorch.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/trainer.hpp>

#include "examples/sheared_letters.hpp"
#include "letters/captioned.hpp"
#include "letters/libtorch/letter_margin_model.hpp"
#include "letters/libtorch/letter_rules_model.hpp"
#include "support/libtorch_catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

// snippet begin: recipes
using ByRulesGrpo = Dmdr<PixelTextSit, letters::LetterRules, Grpo, Cps<.9>, Cfg<2>>;
using ByRulesTilt = Dmdr<PixelTextSit, letters::LetterRules, RewardTilt<.2>, Cfg<2>>;
using ByGradient = Dmdr<PixelTextSit, letters::LetterMargin, ReFL, Cfg<2>>;
// Dmdr<PixelTextSit, letters::LetterRules, ReFL> does not compile: rules have no gradient.
// snippet end: recipes

std::string words() {
  std::string all;
  for (const std::string& word : letters::caption_words()) all += word + " ";
  return all;
}

TextSitSettings sizes() {
  return {.patch = 8,
          .width = 16,
          .depth = 1,
          .heads = 2,
          .frequencies = 4,
          .adapter = {.form = SitAdapterForm::lora, .rank = 2, .alpha = 2},
          .text = {.vocabulary = words(), .width = 8, .depth = 1, .heads = 2}};
}

/// A teacher of pictures of letters, a classifier and a trainer; six pictures a batch, of two prompts.
template <class R>
struct Letters {
  LibTorch backend{};
  Philox random{11};
  libtorch::TextSitNetwork teacher{backend, sizes(), random};
  libtorch::ConvClassifier classifier{backend, {.channels = 3, .widths = {4}, .classes = 26}, random};
  std::unique_ptr<Trainer<R, LibTorch>> trainer;

  explicit Letters(const Stage& stage) {
    for (auto& [name, tensor] : teacher.base())  // a new network predicts zero
      if (name.find("adaLN") != std::string::npos || name == "final_layer.linear.weight")
        LibTorch::assign(tensor,
                         backend.from_host(shape_of(tensor), random.normal({.stream = name}, shape_of(tensor)[0],
                                                                           shape_of(tensor).row_size())));
    const letters::LetterMasks masks = styled_letters();
    const auto faces = masks.faces_of(letters::Half::both);
    const letters::ShapeBounds bounds = letters::fit_shape_bounds(masks, faces);
    R recipe;
    recipe.generator.network = sizes();
    typename Trainer<R, LibTorch>::Parts parts{.teacher = teacher};
    // snippet begin: prompts
    parts.conditions = [faces, styles = letters::stated_styles(masks, bounds)](RandomSource& source,
                                                                               std::uint64_t iteration,
                                                                               std::int64_t batch) {
      return letters::draw_prompts(styles, faces, source, "prompts", iteration, batch / 3, /*group=*/3);
    };
    // snippet end: prompts
    if constexpr (R::rewarded) {
      if constexpr (std::is_same_v<typename R::Reward, letters::LetterRules>)
        parts.reward.emplace(recipe.reward, std::tuple{letters::LetterRulesModel(backend, classifier, bounds)});
      else
        parts.reward.emplace(recipe.reward, std::tuple{letters::LetterMarginModel(classifier)});
    }
    TrainerSettings settings{.seed = 3, .batch = 6, .ratio = 2, .steps = 3};
    settings.generator.learning_rate = settings.fake.learning_rate = 1e-3;
    trainer =
        std::make_unique<Trainer<R, LibTorch>>(backend, recipe, settings, std::vector<Stage>{stage}, std::move(parts));
  }

  /// Twelve iterations; the rewards that the RL algorithm reported.
  std::vector<double> train() {
    std::vector<double> rewards;
    for (int m = 0; m < 12; ++m) {
      const StepReport report = trainer->step();
      REQUIRE(report.skipped == "");
      if (report.generator_updated) rewards.push_back(report.reward);
      CHECK(report.ratio_deviation < 1e-4);
    }
    CHECK(trainer->updates() >= 4);
    return rewards;
  }

  /// Whether training has moved a parameter of the student.
  [[nodiscard]] bool moved(const std::string& name) {
    return !(LibTorch::to_host(trainer->student_parameters().at(name)) == LibTorch::to_host(teacher.base().at(name)));
  }
};

const Stage joint{.name = "joint", .updates = 100, .rl_weight = 0.5};
const Stage distilled{.name = "distilled", .updates = 100};

}  // namespace

TEST_CASE("GRPO by rules trains a text-conditioned student with its text encoder") {
  Letters<ByRulesGrpo> run(joint);
  for (const double reward : run.train()) CHECK((reward >= 0 && reward <= 1));
  CHECK(run.moved("text.word_embedding.weight"));
  CHECK(run.moved("blocks.0.mlp.fc1.weight"));
}

TEST_CASE("a fake score tilted by rules trains another student than a plain one") {
  Letters<ByRulesTilt> tilted(distilled);
  Stage without = distilled;
  without.fake_weight = false;
  Letters<ByRulesTilt> plain(without);
  (void)tilted.train();
  (void)plain.train();
  CHECK(tilted.moved("text.projection.weight"));
  CHECK_FALSE(tilted.trainer->state() == plain.trainer->state());
}

TEST_CASE("ReFL by the letter's margin trains a text-conditioned student, where rules would not compile") {
  Letters<ByGradient> run(joint), plain(distilled);
  const std::vector<double> rewards = run.train();
  (void)plain.train();
  CHECK(std::set<double>(rewards.begin(), rewards.end()).size() > 1);
  CHECK_FALSE(run.trainer->state() == plain.trainer->state());
}
