// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/autograd.h>

#include <dmdr/libtorch.hpp>

#include "linear.hpp"
#include "modulated_norm.hpp"
#include "support/libtorch_catch.hpp"

using namespace dmdr;
using libtorch::Products;

namespace {

// 2 x 64 rows, layers of 64 and more: large enough for oneDNN.
const SitSettings wide{.size = 16, .channels = 3, .width = 64, .depth = 2, .heads = 2, .classes = 3, .frequencies = 32};

class Chosen {
 public:
  explicit Chosen(Products products) { libtorch::set_products(products); }
  Chosen(const Chosen&) = delete;
  Chosen& operator=(const Chosen&) = delete;
  ~Chosen() { libtorch::set_products(Products::automatic); }
};

void fill(Parameters<at::Tensor>& parameters, const LibTorch& backend) {
  Philox random(3);
  for (auto& [name, tensor] : parameters) {
    if (name == "pos_embed") continue;
    const Shape shape = shape_of(tensor);
    std::vector<double> values = random.normal({.stream = name}, shape.rows(), shape.row_size());
    for (double& value : values) value *= 0.1;
    LibTorch::assign(tensor, backend.from_host(shape, values));
  }
}
libtorch::SitNetwork network(const LibTorch& backend, const SitSettings& settings) {
  Philox random(3);
  libtorch::SitNetwork made(backend, settings, random);
  fill(made.base(), backend);
  return made;
}
at::Tensor images(const LibTorch& backend, const SitSettings& settings) {
  Philox random(4);
  const std::int64_t pixels = settings.channels * settings.size * settings.size;
  return backend.from_host({2, settings.channels, settings.size, settings.size},
                           random.normal({.stream = "x"}, 2, pixels));
}
const Times times({0.3, 0.9});
const ClassLabels labels({0, 2});

// Largest difference, relative to the largest number of the second.
double apart(const at::Tensor& a, const at::Tensor& b) {
  return LibTorch::to_host((a - b).abs().max())[0] / LibTorch::to_host(b.abs().max())[0];
}

// Velocity and every gradient, of the base or of a new adapter that is not zero.
std::map<std::string, at::Tensor> run(const SitAdapterForm* form) {
  const LibTorch backend{};
  libtorch::SitNetwork base = network(backend, wide);
  Philox random(5);
  libtorch::SitNetwork own = form == nullptr ? base.clone() : base.share(random, {.form = *form, .rank = 4});
  if (form != nullptr) fill(own.adapter(), backend);
  const double scale = form == nullptr ? 0 : 0.7;
  std::map<std::string, at::Tensor> found;
  const at::Tensor x = images(backend, wide).set_requires_grad(true);
  {
    const LibTorch::NoGrad no_grad;
    found["v, without a graph"] = own.predict(x, times, labels, scale);
  }
  found["v"] = own.predict(x, times, labels, scale);
  LibTorch::backward(found["v"].square().sum());
  found["x"] = *LibTorch::gradient(x);
  for (const auto& [name, tensor] : form == nullptr ? own.base() : own.adapter())
    if (name != "pos_embed") found[name] = *LibTorch::gradient(tensor);
  return found;
}

}  // namespace

TEST_CASE("products by oneDNN and by BLAS give one velocity and one gradient, of weights and of either adapter") {
  const SitAdapterForm forms[] = {SitAdapterForm::query_value, SitAdapterForm::lora};
  for (const SitAdapterForm* const form : {static_cast<const SitAdapterForm*>(nullptr), forms, forms + 1}) {
    std::map<std::string, at::Tensor> by[2];
    for (const Products products : {Products::blas, Products::onednn}) {
      const Chosen chosen(products);
      CHECK(libtorch::products() == products);
      by[products == Products::onednn] = run(form);
    }
    for (const auto& [name, tensor] : by[0]) {
      INFO(name);
      CHECK(apart(by[1].at(name), tensor) < 1e-5);
    }
    // The adapter is merged into the weight where nothing is recorded.
    CHECK(apart(by[0].at("v, without a graph"), by[0].at("v")) < 1e-6);
    CHECK(apart(by[1].at("v, without a graph"), by[1].at("v")) < 1e-5);
  }
}

TEST_CASE("a thread of its own gets the same products") {
  for (const Products products : {Products::blas, Products::onednn}) {
    const Chosen chosen(products);
    const libtorch::SitNetwork own = network({}, wide);
    const at::Tensor x = images({}, wide);
    const LibTorch::NoGrad no_grad;
    const at::Tensor here = own.predict(x, times, labels);
    at::Tensor there;
    std::thread([&] {
      const LibTorch::NoGrad in_thread;
      there = own.predict(x, times, labels);
    }).join();
    CHECK(apart(there, here) < 1e-6);
  }
}

TEST_CASE("gradients of a modulated layer, and of their norm, are those of LibTorch's operators") {
  const LibTorch exact{.dtype = Dtype::f64};
  const auto drawn = [&](const std::string& name, const Shape& shape) {
    Philox random(6);
    return exact.from_host(shape, random.normal({.stream = name}, shape.rows(), shape.row_size()))
        .set_requires_grad(true);
  };
  // Values, gradients, and gradients of the squared norm of those of x.
  const auto all = [&](bool own, bool adapted) {
    // Widths beside the sums' sixteen lanes.
    const std::vector<at::Tensor> in{drawn("x", {3, 5, 21}), drawn("shift", {3, 21}), drawn("scale", {3, 21}),
                                     drawn("w", {7, 21}),    drawn("b", {7}),         drawn("lora_a", {2, 21}),
                                     drawn("lora_b", {7, 2})};
    const at::Tensor normed =
        own ? libtorch::modulated_norm(in[0], in[1], in[2])
            : at::layer_norm(in[0], {21}, {}, {}, 1e-6) * (in[2].unsqueeze(1) + 1) + in[1].unsqueeze(1);
    at::Tensor y;
    if (own)
      y = libtorch::linear(normed, in[3], in[4], adapted ? libtorch::LowRank{in[5], in[6], 0.3} : libtorch::LowRank{});
    else
      y = at::linear(normed, in[3], in[4]);
    if (!own && adapted) y = y + 0.3 * at::linear(at::linear(normed, in[5]), in[6]);
    const std::vector<at::Tensor> used(in.begin(), in.begin() + (adapted ? 7 : 5));
    std::vector<at::Tensor> found{y};
    const at::Tensor loss = y.pow(3).sum();
    for (const at::Tensor& gradient : torch::autograd::grad({loss}, used, {}, true)) found.push_back(gradient);
    const at::Tensor penalty = torch::autograd::grad({loss}, {in[0]}, {}, true, true)[0].square().sum();
    for (const at::Tensor& gradient : torch::autograd::grad({penalty}, used, {}, false, false, true))
      if (gradient.defined()) found.push_back(gradient);
    return found;
  };
  for (const bool adapted : {false, true}) {
    const std::vector<at::Tensor> own = all(true, adapted), expected = all(false, adapted);
    REQUIRE(own.size() == expected.size());
    REQUIRE(own.size() > (adapted ? 12U : 9U));
    for (std::size_t k = 0; k < own.size(); ++k) {
      INFO(k);
      CHECK(own[k].sizes() == expected[k].sizes());
      CHECK(apart(own[k], expected[k]) < 1e-12);
    }
  }
}

TEST_CASE("a frozen layer passes the gradient on and asks for none itself") {
  const at::Tensor x = images({}, wide).reshape({6, 256}).set_requires_grad(true);
  const at::Tensor weight = LibTorch{}.from_host({3, 256}, std::vector<double>(768, 0.5)),
                   bias = LibTorch{}.from_host({3}, std::vector<double>{1, 2, 3});
  LibTorch::backward(libtorch::linear(x, weight, bias).sum());
  CHECK(LibTorch::to_host(*LibTorch::gradient(x)) == std::vector<double>(6 * 256, 1.5));
  CHECK_FALSE(LibTorch::gradient(weight));
  CHECK_FALSE(libtorch::linear(x.detach(), weight, bias).requires_grad());
}

TEST_CASE("deterministic mode takes the products that do not depend on threads") {
  const Chosen chosen(Products::onednn);
  libtorch::set_deterministic(true);
  CHECK(libtorch::products() == Products::blas);
  libtorch::set_deterministic(false);
  CHECK(libtorch::products() == Products::onednn);
}
