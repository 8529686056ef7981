// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <dmdr/diffusion/transition.hpp>
#include <dmdr/model/sample.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The tiny network, and a record of how many rows it was called with.
class Recorded {
 public:
  using Tensor = tiny::Network::Tensor;
  using Condition = ClassLabels;

  Recorded() : network_(std::make_shared<tiny::Network>(tiny::Tiny<tiny::GndmRun>{}.teacher.clone())) {}
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& t, const ClassLabels& labels, double scale = 0) const {
    REQUIRE(t.rows() == shape_of(x).rows());
    REQUIRE(labels.rows() == t.rows());
    calls_->push_back(t.rows());
    return network_->predict(x, t, labels, scale);
  }
  [[nodiscard]] Parameters<Tensor>& base() { return network_->base(); }
  [[nodiscard]] Parameters<Tensor>& adapter() { return network_->adapter(); }
  [[nodiscard]] Recorded clone() const { return *this; }
  [[nodiscard]] Recorded share(RandomSource&) const { return *this; }
  [[nodiscard]] std::vector<std::int64_t> taken_calls() const { return std::exchange(*calls_, {}); }

 private:
  std::shared_ptr<tiny::Network> network_;
  std::shared_ptr<std::vector<std::int64_t>> calls_ = std::make_shared<std::vector<std::int64_t>>();
};

const ClassLabels labels({0, 1, 2, 0, 1, 2, 0});

std::vector<double> drawn(const Recorded& network, const ClassLabels& condition, const SampleSettings& settings) {
  return tiny::Backend::to_host(draw_images(tiny::Backend{}, tiny::spec, network, Renoise{}, condition, settings));
}

}  // namespace

TEST_CASE("images drawn in chunks are those drawn at once, and the network sees no more rows in a call") {
  using Rows = std::vector<std::int64_t>;
  const Recorded network;
  for (const double guidance : {1.0, 1.5}) {
    CAPTURE(guidance);
    const SampleSettings at_once{.grid = {.steps = 2}, .guidance = guidance, .seed = 5};
    const std::vector<double> whole = drawn(network, labels, at_once);
    CHECK(network.taken_calls() == (guidance > 1 ? Rows{7, 7, 7, 7} : Rows{7, 7}));
    SampleSettings in_threes = at_once;
    in_threes.rows_at_once = 3;
    const std::vector<double> chunked = drawn(network, labels, in_threes);
    CHECK(network.taken_calls() == (guidance > 1 ? Rows{3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 1, 1} : Rows{3, 3, 1, 3, 3, 1}));
    REQUIRE(chunked.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) CHECK_THAT(chunked[i], Catch::Matchers::WithinAbs(whole[i], 1e-5));
  }
  SampleSettings as_many{.seed = 5};
  as_many.rows_at_once = 7;
  (void)drawn(network, labels, as_many);
  for (const std::int64_t rows : network.taken_calls()) CHECK(rows == 7);
}

TEST_CASE("an image depends on the seed, its place and its condition only") {
  const Recorded network;
  const SampleSettings settings{.grid = {.steps = 2}, .seed = 5};
  const std::vector<double> seven = drawn(network, labels, settings);
  const std::vector<std::int64_t> first{0, 1};
  const std::vector<double> two = drawn(network, labels.take(first), settings);
  for (std::size_t i = 0; i < two.size(); ++i) CHECK_THAT(two[i], Catch::Matchers::WithinAbs(seven[i], 1e-5));
  SampleSettings other = settings;
  other.seed = 6;
  CHECK(drawn(network, labels, other) != seven);
}

TEST_CASE("a negative number of rows at once is refused") {
  CHECK_THROWS_WITH(drawn(Recorded{}, labels, {.rows_at_once = -1}),
                    ContainsSubstring("rows_at_once is -1, expected 0 or more"));
}
