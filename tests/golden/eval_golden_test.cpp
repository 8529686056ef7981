// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/frechet.hpp>
#include <dmdr/eval/inception_score.hpp>
#include <dmdr/eval/precision_recall.hpp>

#include <string>
#include <vector>

#include <dmdr/eigen/symmetric_eigen.hpp>
#include <dmdr/eval/jacobi.hpp>
#include <dmdr/io/safetensors.hpp>

#include "support/catch.hpp"

using Catch::Approx;
using dmdr::eval::Features;

namespace {

/// tests/data/golden/metrics.safetensors; its keys are listed in docs/reference/golden.md.
const dmdr::NamedTensors& golden() {
  static const dmdr::NamedTensors tensors =
      dmdr::io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/metrics.safetensors").tensors;
  return tensors;
}

/// A golden matrix that owns its numbers.
struct Matrix {
  explicit Matrix(const std::string& key)
      : values(golden().at(key).as<double>()), rows(golden().at(key).shape[0]), columns(golden().at(key).shape[1]) {}
  operator Features() const { return {values, rows, columns}; }  // NOLINT(google-explicit-constructor)

  std::vector<double> values;
  std::int64_t rows, columns;
};

double scalar(const std::string& key) { return golden().at(key).as<double>().at(0); }

}  // namespace

TEMPLATE_TEST_CASE("the Frechet distance agrees with SciPy and NumPy, for singular covariances too", "",
                   dmdr::eval::JacobiEigenSolver, dmdr::EigenSymmetricSolver) {
  const TestType solver{};
  for (const std::string name : {"frechet.full", "frechet.few_rows", "frechet.singular"}) {
    INFO(name);
    const double distance = dmdr::eval::frechet_distance(Matrix(name + ".a"), Matrix(name + ".b"), solver);
    CHECK(distance == Approx(scalar(name + ".svd")).epsilon(1e-12));
  }
  CHECK(dmdr::eval::frechet_distance(Matrix("frechet.full.a"), Matrix("frechet.full.b"), solver) ==
        Approx(scalar("frechet.full.sqrtm")).epsilon(1e-10));
}

TEST_CASE("mean and covariance agree with NumPy") {
  for (const std::string name : {"frechet.full", "frechet.few_rows", "frechet.singular"}) {
    INFO(name);
    const dmdr::eval::Moments moments = dmdr::eval::moments(Matrix(name + ".a"));
    const std::vector<double> mean = golden().at(name + ".mean_a").as<double>();
    const std::vector<double> covariance = golden().at(name + ".covariance_a").as<double>();
    REQUIRE(moments.mean.size() == mean.size());
    REQUIRE(moments.covariance.size() == covariance.size());
    for (std::size_t i = 0; i < mean.size(); ++i) CHECK(moments.mean[i] == Approx(mean[i]).margin(1e-14));
    for (std::size_t i = 0; i < covariance.size(); ++i)
      CHECK(moments.covariance[i] == Approx(covariance[i]).margin(1e-13));
  }
}

TEST_CASE("the inception score agrees with SciPy on logits that overflow a plain exponential") {
  for (const std::int64_t splits : {1, 4}) {
    const std::string key = "inception.splits" + std::to_string(splits);
    const auto score = dmdr::eval::inception_score(Matrix("inception.logits"), {.splits = splits});
    CHECK(score.mean == Approx(scalar(key + ".mean")).epsilon(1e-13));
    CHECK(score.deviation == Approx(scalar(key + ".deviation")).margin(1e-13));
  }
}

TEST_CASE("precision and recall agree with a restatement of prdc and of ADM, with ties too") {
  using Boundary = dmdr::eval::PrecisionRecallSettings::Boundary;
  for (const std::string key : {"pr.k3", "pr.k5", "pr_grid.k3"}) {
    const std::string set = key.substr(0, key.find('.'));
    for (const Boundary boundary : {Boundary::inclusive, Boundary::exclusive}) {
      const std::string rule = key + (boundary == Boundary::inclusive ? ".inclusive" : ".exclusive");
      INFO(rule);
      const auto result = dmdr::eval::precision_recall(Matrix(set + ".real"), Matrix(set + ".fake"),
                                                       {.neighbours = key.back() - '0', .boundary = boundary});
      CHECK(result.precision == Approx(scalar(rule + ".precision")).epsilon(1e-14));
      CHECK(result.recall == Approx(scalar(rule + ".recall")).epsilon(1e-14));
    }
  }
  CHECK(scalar("pr_grid.k3.inclusive.precision") > scalar("pr_grid.k3.exclusive.precision"));
}
