// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/class_mlp.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <dmdr/io/safetensors.hpp>

#include "support/catch.hpp"

using dmdr::ClassLabels;

namespace {

/// tests/data/golden/denoiser.safetensors; its keys are listed in docs/reference/golden.md.
const dmdr::NamedTensors& golden() {
  static const dmdr::NamedTensors tensors =
      dmdr::io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/denoiser.safetensors").tensors;
  return tensors;
}

/// Largest difference, relative to the largest golden value; infinite where a value is not finite or the sizes differ.
double difference(const std::vector<double>& values, const std::string& key) {
  const std::vector<double> expected = golden().at(key).as<double>();
  double worst = values.size() == expected.size() ? 0 : INFINITY, largest = 0;
  for (std::size_t i = 0; i < std::min(values.size(), expected.size()); ++i) {
    const double apart = std::abs(values[i] - expected[i]);
    worst = std::isfinite(apart) ? std::max(worst, apart) : INFINITY;
    largest = std::max(largest, std::abs(expected[i]));
  }
  return worst / largest;
}

template <class T>
constexpr double tolerance = std::is_same_v<T, double> ? 1e-10 : 2e-5;

template <class T>
struct Run {
  using B = dmdr::EigenCpu<T>;
  using Tensor = typename B::Tensor;
  using Net = dmdr::eigen::ClassMlpNetwork<T>;

  Net net = [] {
    dmdr::Philox random(1);
    return Net(B{}, {.data_size = 6, .classes = 3, .width = 8, .blocks = 2, .adapter_rank = 2}, random);
  }();
  Tensor x = B::parameter(B{}.load(golden().at("x")));
  dmdr::Times times{golden().at("t").as<double>()};
  ClassLabels labels;

  Run() {
    std::vector<std::int64_t> ids = golden().at("label").as<std::int64_t>();
    std::replace(ids.begin(), ids.end(), std::int64_t{3}, ClassLabels::null_label);
    labels = ClassLabels(ids);
    for (auto* parameters : {&net.base(), &net.adapter()})
      for (auto& [name, tensor] : *parameters) B::assign(tensor, B{}.load(golden().at(name)));
  }
  double scale(const std::string& run) const { return golden().at(run + ".scale").as<double>().at(0); }
  Tensor backward(const std::string& run) {
    const Tensor v = net.predict(x, times, labels, scale(run));
    const Tensor cotangent = B{}.load(golden().at("cotangent"));
    B::backward(std::span(&v, 1), std::span(&cotangent, 1));
    return v;
  }
};

}  // namespace

TEMPLATE_TEST_CASE("the time embedding of the small denoiser agrees with PyTorch", "", float, double) {
  using B = dmdr::EigenCpu<TestType>;
  const Run<TestType> run;
  CHECK(difference(B::to_host(dmdr::eigen::time_embedding<TestType>(run.times)), "embedding") < tolerance<TestType>);
}

TEMPLATE_TEST_CASE("the small denoiser agrees with PyTorch in values and in every gradient, with and without adapters",
                   "", float, double) {
  using B = dmdr::EigenCpu<TestType>;
  for (const std::string name : {"base", "adapted"}) {
    INFO(name);
    Run<TestType> run;
    CHECK(difference(B::to_host(run.backward(name)), name + ".v") < tolerance<TestType>);
    CHECK(difference(B::to_host(B::gradient(run.x).value()), name + ".grad.x") < tolerance<TestType>);
    int compared = 0;
    for (auto* parameters : {&run.net.base(), &run.net.adapter()})
      for (const auto& [parameter, tensor] : *parameters) {
        INFO(parameter);
        const std::string key = name + ".grad." + parameter;
        const auto gradient = B::gradient(tensor);
        REQUIRE(gradient.has_value() == golden().contains(key));
        if (!gradient) continue;
        CHECK(difference(B::to_host(*gradient), key) < tolerance<TestType>);
        ++compared;
      }
    CHECK(compared == (name == "base" ? 12 : 24));
  }
}
