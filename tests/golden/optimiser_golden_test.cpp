// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/core/backend.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/reference.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("optimiser");
  return file;
}

/// Leaves `gradient` in a parameter.
template <class B>
void give(const typename B::Tensor& parameter, const std::vector<double>& gradient) {
  const auto view = B::reshape(parameter, shape_of(parameter));
  const auto cotangent = B{}.from_host(shape_of(parameter), gradient);
  B::backward(std::span(&view, 1), std::span(&cotangent, 1));
}

/// The two golden parameters.
template <class B>
std::vector<typename B::Tensor> start() {
  return {golden().parameter<B>("adamw.start.0"), golden().parameter<B>("adamw.start.1")};
}

/// Ten golden steps; `after(n)` is called behind step n.
template <class B, class After>
NamedTensors train(const std::vector<typename B::Tensor>& parameters, double weight_decay, After after) {
  typename B::AdamW optimiser(parameters, {.weight_decay = weight_decay});
  for (std::int64_t n = 0; n < 10; ++n) {
    B::clear_gradients(parameters);
    for (std::size_t k = 0; k < 2; ++k)
      give<B>(parameters[k], golden().slice("adamw.gradients." + std::to_string(k), n));
    optimiser.step(.01);
    after(n);
  }
  return optimiser.state();
}

/// The elements of a stored tensor, of whatever element type.
template <class B>
std::vector<double> numbers(const HostTensor& host) {
  return B::to_host(B{}.load(host));
}

}  // namespace

TEMPLATE_TEST_CASE("ten steps of AdamW are PyTorch's, with and without weight decay, and so are the moments", "",
                   Reference, EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  for (const auto& [name, decay] : {std::pair{std::string("adamw"), .01}, std::pair{std::string("adamw_plain"), 0.0}}) {
    const auto parameters = start<B>();
    const NamedTensors state = train<B>(parameters, decay, [&, key = name](std::int64_t n) {
      INFO(key << ", step " << n);
      for (std::size_t k = 0; k < 2; ++k)
        CHECK(relative(B::to_host(parameters[k]), golden().slice(key + ".history." + std::to_string(k), n)) <
              golden_tolerance<B>);
    });
    for (const std::string k : {"0", "1"}) {
      CHECK(relative(numbers<B>(state.at(k + ".exp_avg")), golden().values(name + ".moment1." + k)) <
            golden_tolerance<B>);
      CHECK(relative(numbers<B>(state.at(k + ".exp_avg_sq")), golden().values(name + ".moment2." + k)) <
            golden_tolerance<B>);
    }
    CHECK(state.at("step").as<std::int64_t>() == std::vector<std::int64_t>{10});
  }
}

TEMPLATE_TEST_CASE("the average of the weights is the golden one, with a constant decay and with warm-up", "",
                   Reference, EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  const auto parameters = start<B>();
  auto constant = golden().tensor<B>("adamw.start.0"), warm = golden().tensor<B>("adamw.start.0");
  train<B>(parameters, .01, [&](std::int64_t n) {
    INFO("step " << n);
    const auto count = static_cast<double>(n);
    B::ema(std::span(&constant, 1), std::span(&parameters[0], 1), .98);
    B::ema(std::span(&warm, 1), std::span(&parameters[0], 1), std::min(.98, (1 + count) / (10 + count)));
    CHECK(relative(B::to_host(constant), golden().slice("ema.constant", n)) < golden_tolerance<B>);
    CHECK(relative(B::to_host(warm), golden().slice("ema.warm_up", n)) < golden_tolerance<B>);
  });
}

TEMPLATE_TEST_CASE("gradients are clipped by their joint norm as PyTorch does, and left alone inside it", "", Reference,
                   EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  for (const std::string name : {"clip", "clip_inside"}) {
    INFO(name);
    const auto parameters = start<B>();
    for (std::size_t k = 0; k < 2; ++k) give<B>(parameters[k], golden().values(name + ".before." + std::to_string(k)));
    CHECK(relative(B::to_host(B::clip_gradients(parameters, 1)), golden().values(name + ".norm")) <
          golden_tolerance<B>);
    for (std::size_t k = 0; k < 2; ++k)
      CHECK(relative(B::to_host(B::gradient(parameters[k]).value()),
                     golden().values(name + ".after." + std::to_string(k))) < golden_tolerance<B>);
  }
}
