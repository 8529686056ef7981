// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "examples/sheared_letters.hpp"
#include "letters_study.hpp"
#include "support/libtorch_catch.hpp"
#include "warm_start.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

letters::TextSettings tiny() {
  letters::TextSettings settings;
  TextSitSettings& network = settings.network.network;
  network.patch = 8;
  network.width = 16;
  network.depth = 1;
  network.heads = 2;
  network.frequencies = 4;
  network.text.depth = 1;
  settings.warm_start.updates = 300;
  settings.warm_start.batch = 64;
  settings.warm_start.optimiser.learning_rate = 1e-2;
  return settings;
}

/// A class-conditional network that does not predict zero.
study::Network class_teacher(const letters::TextSettings& settings, std::uint64_t seed) {
  Philox random(seed);
  study::Network network = study::new_network({letters::class_network(settings.network.network)}, random);
  for (auto& [name, tensor] : network.base())
    if (name.find("adaLN") != std::string::npos || name == "final_layer.linear.weight") {
      std::vector<double> values = random.normal({.stream = name}, shape_of(tensor)[0], shape_of(tensor).row_size());
      for (double& value : values) value *= 0.2;
      LibTorch::assign(tensor, LibTorch{}.from_host(shape_of(tensor), values));
    }
  return network;
}

letters::TextNetwork fresh(const letters::TextSettings& settings) {
  Philox random(5);
  return {LibTorch{}, settings.network.network, random};
}

double mean_square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

struct Start {
  letters::TextSettings settings = tiny();
  letters::LetterMasks masks = styled_letters();
  letters::CaptionData data{masks, settings.captions};
  study::Network teacher = class_teacher(settings, 3);

  [[nodiscard]] letters::WarmStart warm() const { return {settings, data, fresh(settings), teacher}; }
};

}  // namespace

TEST_CASE("after a warm start a caption draws nearly what the class-conditional teacher draws for its letter") {
  const Start start;
  letters::WarmStart warm = start.warm();
  while (!warm.finished()) warm.step();
  CHECK(warm.loss() < 0.05 * warm.first_loss());
  const letters::TextNetwork network = std::move(warm).network();
  for (const auto& [name, tensor] : network.base())
    if (!name.starts_with("text.")) {
      CAPTURE(name);
      CHECK(LibTorch::store(tensor) == LibTorch::store(start.teacher.base().at(name)));
    }
  Philox random(9);
  const TextPrompts prompts({"bold upright K, lime on navy", "C, white on blue", ""});
  const ClassLabels labels({10, 2, ClassLabels::null_label});
  const Shape shape{3, 3, 32, 32};
  const LibTorch::Tensor x = LibTorch{}.from_host(shape, random.normal({.stream = "x"}, 3, shape.row_size()));
  const Times times(std::vector<double>{0.2, 0.5, 0.9});
  const LibTorch::NoGrad no_grad;
  const std::vector<double> by_class = LibTorch::to_host(start.teacher.predict(x, times, labels));
  const std::vector<double> before = LibTorch::to_host(start.warm().network().predict(x, times, prompts));
  const std::vector<double> after = LibTorch::to_host(network.predict(x, times, prompts));
  CHECK(mean_square(after, by_class) < 0.1 * mean_square(before, by_class));
}

TEST_CASE("a warm start goes on from its state to the same bits, and only to the class table that it began with") {
  const Start start;
  letters::WarmStart whole = start.warm(), half = start.warm();
  for (int i = 0; i < 4; ++i) whole.step();
  for (int i = 0; i < 2; ++i) half.step();
  letters::WarmStart other = start.warm();
  other.restore(half.state());
  CHECK(other.update() == 2);
  for (int i = 0; i < 2; ++i) other.step();
  CHECK(other.state() == whole.state());

  const study::Network another = class_teacher(start.settings, 4);
  letters::WarmStart stranger(start.settings, start.data, fresh(start.settings), another);
  CHECK_THROWS_WITH(stranger.restore(half.state()),
                    Catch::Matchers::ContainsSubstring("the warm start was made from another teacher"));
}
