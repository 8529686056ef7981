// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/train/direction.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/train/recipe.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

// The golden directions through `dmd_direction`, as the trainer calls it: golden draws come from the random source, golden velocities
// from the score networks.

namespace dmdr::test {

const GoldenFile& golden() {
  static const GoldenFile file("losses");
  return file;
}

/// The golden time and noise of each term; for GNDM, whose golden estimates are given, t = 1/2 and no noise.
struct GoldenDraws final : RandomSource {
  bool gndm = false;

  void uniform(const Draw& draw, std::span<const std::int64_t>, std::int64_t, std::span<double> out) override {
    fill(gndm ? std::vector<double>(out.size(), .5) : golden().values(draw.stream == "dm_time" ? "t" : "t2"), out);
  }
  void normal(const Draw& draw, std::span<const std::int64_t>, std::int64_t, std::span<double> out) override {
    fill(gndm ? std::vector<double>(out.size(), 0) : golden().values(draw.stream == "dm_noise" ? "eps" : "eps2"), out);
  }
  void beta(const Draw&, std::span<const std::int64_t>, double, double, std::span<double>) override {
    FAIL("no golden Beta");
  }
  void index(const Draw&, std::span<const std::int64_t>, std::int64_t, std::span<std::int64_t>) override {
    FAIL("no golden index");
  }

 private:
  static void fill(const std::vector<double>& values, std::span<double> out) {
    REQUIRE(values.size() == out.size());
    std::copy(values.begin(), values.end(), out.begin());
  }
};

/// Scores that answer golden velocities.
struct GoldenScores {
  using role = role::score;
  static constexpr bool needs_adapter = false;
  static constexpr bool shares_base = false;
};

}  // namespace dmdr::test

namespace dmdr {

template <DenoiserNetwork Net>
class ScoreNetworks<test::GoldenScores, Net> {
 public:
  using Tensor = typename Net::Tensor;
  using B = backend_of_t<Tensor>;

  explicit ScoreNetworks(bool by_draw) : gndm_(by_draw) {}

  [[nodiscard]] Tensor real(const Tensor& x, const Times& t, const ClassLabels& c, std::int64_t) const {
    if (gndm_) return towards(x, "gndm.x0_real", reals_++);
    const bool second = t.values() == test::golden().values("t2");
    const std::string key = c.ids()[0] == ClassLabels::null_label ? "v_uncond" : "v_cond";
    return test::golden().tensor<B>(key + (second ? "2" : ""));
  }
  [[nodiscard]] Tensor fake(const Tensor& x, const Times&, const ClassLabels&) const {
    if (gndm_) return towards(x, "gndm.x0_fake", fakes_++);
    return test::golden().tensor<B>("v_fake");
  }

 private:
  /// The velocity at t = 1/2 whose clean sample is the golden one of a draw.
  [[nodiscard]] Tensor towards(const Tensor& x, const char* key, std::int64_t draw) const {
    const Tensor clean = B{}.from_host(shape_of(x), test::golden().slice(key, draw));
    return expr::eval((expr::full(x) - expr::full(clean)) / .5);
  }
  bool gndm_;
  mutable std::int64_t reals_ = 0, fakes_ = 0;
};

}  // namespace dmdr

using namespace dmdr;
using namespace dmdr::test;

namespace {

template <class... Ps>
using Golden = Dmdr<ClassMlp, GoldenScores, Uniform, SingleStage, Ps...>;

/// The largest relative difference of a recipe's direction from `key`.
template <class B, class Recipe>
double apart(const std::string& key, const Recipe& recipe, const Groups& groups = Groups::whole(3),
             std::vector<double> dm = {1, 1, 1}, std::vector<double> ca = {1, 1, 1}) {
  using Net = eigen::ClassMlpNetwork<typename B::Scalar>;
  const B backend;
  const bool gndm = key.starts_with("gndm");
  const ScoreNetworks<GoldenScores, Net> scores(gndm);
  GoldenDraws random;
  random.gndm = gndm;
  const ClassLabels labels({0, 1, 2});
  const Times input(3, Time(1));
  const double w = gndm ? 1 : golden().number("w");
  const auto direction =
      dmd_direction<typename Recipe::Base, B, Net>({backend, recipe, scores, labels, random, input, 0, 0, w},
                                                   golden().tensor<B>("x0"), {std::move(dm), std::move(ca)}, groups);
  CHECK(direction.zero_normalisers == 0);
  return relative(B::to_host(direction.g()), golden().values(key));
}

}  // namespace

TEST_CASE("the direction of DMD with guidance is the golden one, normalised, plain and split at one time") {
  using B = EigenCpu<double>;
  CHECK(apart<B>("dmd.g", Golden<>{}) < golden_tolerance<B>);
  CHECK(apart<B>("dmd_plain.g", Golden<Unnormalised>{}) < golden_tolerance<B>);
  CHECK(apart<B>("dmd.g", Golden<DmCa>{}) < golden_tolerance<B>);
}

TEMPLATE_TEST_CASE("the directions of Decoupled-DMD and of the advantage-weighted augmentation are the golden ones", "",
                   EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  const Golden<DmCa, ForCa<Uniform>> recipe;
  CHECK(apart<B>("decoupled.g", recipe) < golden_tolerance<B>);
  CHECK(apart<B>("advantage_ca.g", recipe, Groups::whole(3), {1, 1, 1}, golden().values("weight")) <
        golden_tolerance<B>);
}

TEST_CASE("the directions of GNDM over draws and over a prompt's samples are the golden ones") {
  using B = EigenCpu<double>;
  CHECK(apart<B>("gndm.g", Golden<Joint<4>, GroupL1<>>{}, Groups({"a", "b", "c"})) < golden_tolerance<B>);
  CHECK(apart<B>("gndm_prompt.g", Golden<Joint<1>, GroupL1<>>{}) < golden_tolerance<B>);
  const auto scales = [](std::vector<std::vector<double>> raw, const Groups& groups) {
    return GroupL1<>{}.scales(std::move(raw), groups)[0];
  };
  std::vector<std::vector<double>> raw;
  for (std::int64_t draw = 0; draw < 4; ++draw) {
    const auto real = B{}.from_host(golden().shape("x0"), golden().slice("gndm.x0_real", draw));
    raw.push_back(B::to_host(expr::row_mean(teacher_distance(golden().tensor<B>("x0"), real))));
  }
  CHECK(relative(scales(raw, Groups({"a", "b", "c"})), golden().values("gndm.normaliser")) < golden_tolerance<B>);
  CHECK(relative({scales({raw[0]}, Groups::whole(3))[0]}, golden().values("gndm_prompt.normaliser")) <
        golden_tolerance<B>);
}
