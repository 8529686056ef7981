// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/path.hpp>
#include <dmdr/diffusion/prediction.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("diffusion");
  return file;
}

/// A path whose coefficients are given, one sample each, and its golden samples.
template <class B>
struct Samples {
  std::string name;
  PathTensors<typename B::Tensor> at;

  [[nodiscard]] typename B::Tensor operator()(const char* key) const { return golden().tensor<B>(name + "." + key); }
  [[nodiscard]] double apart(const typename B::Tensor& got, const char* key) const {
    return relative(B::to_host(got), golden().values(name + "." + key));
  }
};

/// The coefficients at abar, as diffusers forms them from its float32 table.
template <class B>
PathTensors<typename B::Tensor> vp_at(const std::vector<double>& abar) {
  std::vector<double> alpha, sigma;
  for (const double a : abar) {
    alpha.push_back(std::sqrt(a));
    sigma.push_back(std::sqrt(1 - a));
  }
  const Shape batch{static_cast<std::int64_t>(abar.size())};
  return {B{}.from_host(batch, alpha), B{}.from_host(batch, sigma)};
}

/// Noising, the regression target of `Kind`, and what that target says of clean sample, noise and score.
template <Prediction Kind, class B>
void check_conversions(const Samples<B>& s) {
  const double tolerance = golden_tolerance<B>;
  const auto x = s("x_t"), v = s("v"), x0 = s("x0"), eps = s("eps");
  CHECK(s.apart(expr::eval(noised(x0, eps, s.at.alpha, s.at.sigma)), "x_t") < tolerance);
  CHECK(s.apart(expr::eval(clean_of<Kind>(x, v, s.at.alpha, s.at.sigma)), "x0") < tolerance);
  CHECK(s.apart(expr::eval(noise_of<Kind>(x, v, s.at.alpha, s.at.sigma)), "eps") < tolerance);
  CHECK(s.apart(expr::eval(-noise_of<Kind>(x, v, s.at.alpha, s.at.sigma) / expr::per_sample(s.at.sigma)), "score") <
        tolerance);
  // Squared: float32 leaves 1e-7 of the largest number.
  CHECK(B::to_host(expr::mean(squared_error_of<Kind>(v, x0, eps, s.at.alpha, s.at.sigma)))[0] < tolerance * tolerance);
}

}  // namespace

TEMPLATE_TEST_CASE("rectified flow noises, and reads a velocity, as diffusers does", "", EigenCpu<float>,
                   EigenCpu<double>) {
  check_conversions<Velocity>(
      Samples<TestType>{"flow", path_tensors(TestType{}, RectifiedFlow{}, Times(golden().values("flow.t")))});
}

TEMPLATE_TEST_CASE("the variance-preserving path noises, and reads a v-prediction, as diffusers does", "",
                   EigenCpu<float>, EigenCpu<double>) {
  check_conversions<VpVelocity>(Samples<TestType>{"vp", vp_at<TestType>(golden().values("vp.sample_abar"))});
}

TEMPLATE_TEST_CASE("noise and clean samples are read as themselves", "", EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  const Samples<B> s{"vp", vp_at<B>(golden().values("vp.sample_abar"))};
  // At index 980 alpha is .075: the division by it costs float32 one digit more.
  CHECK(s.apart(expr::eval(clean_of<Epsilon>(s("x_t"), s("eps"), s.at.alpha, s.at.sigma)), "x0") < golden_tolerance<B>);
  CHECK(s.apart(expr::eval(noise_of<CleanSample>(s("x_t"), s("x0"), s.at.alpha, s.at.sigma)), "eps") <
        golden_tolerance<B>);
}

TEST_CASE("the table of noise levels is that of Stable Diffusion's scheduler") {
  const VpDdpm path;
  const std::vector<double> exact = golden().values("vp.abar"), theirs = golden().values("vp.abar.diffusers");
  REQUIRE(path.steps() == static_cast<std::int64_t>(exact.size()));
  double worst = 0, worst_theirs = 0, preserved = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const PathPoint at = path.at(TrainIndex(static_cast<std::int64_t>(i)));
    worst = std::max(worst, std::abs(at.alpha * at.alpha / exact[i] - 1));
    worst_theirs = std::max(worst_theirs, std::abs(at.alpha * at.alpha / theirs[i] - 1));
    preserved = std::max(preserved, std::abs(at.alpha * at.alpha + at.sigma * at.sigma - 1));
  }
  CHECK(worst < 1e-12);
  CHECK(preserved < 1e-15);
  // diffusers multiplies a thousand factors in float32, we in double, as DMD2 does.
  CHECK(worst_theirs < 2e-5);
  CHECK(worst_theirs > 1e-9);
}

TEST_CASE("a batch of training indices gets the coefficients of diffusers to the digits of its float32 table") {
  using B = EigenCpu<double>;
  const VpDdpm path;
  std::vector<double> times;
  for (const std::int64_t index : golden().integers("vp.index")) times.push_back(path.time_of(TrainIndex(index)).value);
  const Samples<B> s{"vp", path_tensors(B{}, path, Times(times))};
  CHECK(s.apart(expr::eval(noised(s("x0"), s("eps"), s.at.alpha, s.at.sigma)), "x_t") < 1e-5);
}
