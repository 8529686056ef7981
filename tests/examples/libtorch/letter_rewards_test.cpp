// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>

#include "examples/sheared_letters.hpp"
#include "letters/captioned.hpp"
#include "letters/libtorch/letter_margin_model.hpp"
#include "letters/libtorch/letter_rules_model.hpp"
#include "support/gradient_check.hpp"
#include "support/libtorch_catch.hpp"

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const letters::LetterMasks& masks() {
  static const letters::LetterMasks made = styled_letters();
  return made;
}
letters::ShapeBounds bounds() { return letters::fit_shape_bounds(masks(), masks().faces_of(letters::Half::both)); }

/// Reads "D" in every picture: only the bias of that class is not zero.
libtorch::ConvClassifier always_d(const LibTorch& backend = {}) {
  Philox random(1);
  libtorch::ConvClassifier classifier(backend, {.channels = 3, .widths = {2}, .classes = 26}, random);
  std::vector<double> bias(26);
  bias[3] = 1;
  LibTorch::assign(classifier.parameters().at("head.weight"),
                   LibTorch{}.from_host({26, 2}, std::vector<double>(52, 0.0)));
  LibTorch::assign(classifier.parameters().at("head.bias"), LibTorch{}.from_host({26}, bias));
  return classifier;
}

std::vector<letters::CaptionedLetter> drawn(std::int64_t batch) {
  Philox random(3);
  return letters::draw_captioned(letters::stated_styles(masks(), bounds()), masks().faces_of(letters::Half::both),
                                 random, "draw", 0, batch);
}

at::Tensor pictures_of(const std::vector<letters::CaptionedLetter>& letters) {
  return LibTorch{}.load(letters::paint(masks(), letters::draws_of(letters)));
}

}  // namespace

TEST_CASE("painted letters obey all rules but that of the letter, which the classifier reads") {
  const auto batch = drawn(200);
  const libtorch::ConvClassifier classifier = always_d();
  const letters::LetterRulesModel model(LibTorch{}, classifier, bounds());
  const at::Tensor scores = model.score(pictures_of(batch), letters::prompts_of(batch));
  REQUIRE(shape_of(scores) == Shape{200});
  CHECK_FALSE(scores.requires_grad());
  const std::vector<double> values = LibTorch::to_host(scores);
  int read = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const letters::Caption& caption = batch[i].caption;
    const int stated = 3 + (caption.style.slant ? 1 : 0) + (caption.style.weight ? 1 : 0);
    const bool is_d = caption.letter == 3;
    read += is_d ? 1 : 0;
    CHECK(values[i] == Approx(is_d ? 1 : (stated - 1.0) / stated));
  }
  CHECK(read > 0);
}

TEST_CASE("rules give no gradient to pictures that ask for one, the margin does, as differences say") {
  const auto batch = drawn(2);
  const LibTorch backend{.dtype = Dtype::f64};
  const at::Tensor asking = LibTorch::parameter(pictures_of(batch));
  CHECK_FALSE(letters::LetterRulesModel(backend, always_d(backend), bounds())
                  .score(asking, letters::prompts_of(batch))
                  .requires_grad());
  Philox random(2);
  const libtorch::ConvClassifier classifier(backend, {.channels = 3, .widths = {2}, .classes = 26}, random);
  const letters::LetterMarginModel margin(classifier);
  const TextPrompts prompts({"A, red on white", "bold Z, red on white"});
  check_gradients<LibTorch>(backend, [&](const std::vector<at::Tensor>& x) { return margin.score(x[0], prompts); },
                            {{2, 3, 4, 4}}, {seeded("pictures", {2, 3, 4, 4})});
  const at::Tensor x = backend.from_host({2, 3, 4, 4}, seeded("pictures", {2, 3, 4, 4}));
  CHECK(LibTorch::to_host(margin.score(x, prompts)) ==
        LibTorch::to_host(libtorch::class_margin(classifier.logits(x), ClassLabels({0, 25}))));
}

TEST_CASE("a prompt that is no caption, other shapes and a classifier of something else are refused") {
  const auto batch = drawn(2);
  const letters::LetterRulesModel model(LibTorch{}, always_d(), bounds());
  const letters::LetterMarginModel margin(always_d());
  const at::Tensor pictures = pictures_of(batch);
  const TextPrompts wrong({"bold A, red on white", "bold A, rad on white"});
  CHECK_THROWS_WITH(model.score(pictures, wrong), ContainsSubstring("word 3 is \"rad\""));
  CHECK_THROWS_AS(margin.score(pictures, wrong), ConfigError);
  CHECK_THROWS_AS(model.score(pictures, wrong.unconditional()), ConfigError);
  CHECK_THROWS_WITH(model.score(pictures, TextPrompts({"A, red on white"})),
                    ContainsSubstring("pictures [2, 3, 32, 32] come with 1 prompts"));
  Philox random(1);
  const libtorch::ConvClassifier digits(LibTorch{}, {.channels = 1, .widths = {2}, .classes = 10}, random);
  CHECK_THROWS_WITH(letters::LetterRulesModel(LibTorch{}, digits, bounds()),
                    ContainsSubstring("it has 10 classes and 1 channels"));
  CHECK_THROWS_AS(letters::LetterRulesModel(LibTorch{}, always_d(), bounds(), {.ink = -1}), ConfigError);
}
