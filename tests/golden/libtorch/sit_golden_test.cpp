// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch/sit.hpp>

#include "../golden_file.hpp"
#include "support/libtorch_catch.hpp"
#include "support/test_device.hpp"

// tests/data/golden/sit.safetensors and sit_float32.safetensors against tests/golden/sit.py; docs/reference/golden.md lists the keys.

using namespace dmdr;
using namespace dmdr::test;

namespace {

struct Precision {
  LibTorch backend;
  const char* file;
  double tolerance;
};
const Precision f64{{.device = test::test_device(), .dtype = Dtype::f64}, "sit", 1e-10};
const Precision f32{{.device = test::test_device(), .dtype = Dtype::f32}, "sit_float32", 2e-5};

NamedTensors read(const std::string& name) {
  return io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/" + name + ".safetensors").tensors;
}
const NamedTensors& inputs() {
  static const NamedTensors tensors = read("sit");
  return tensors;
}
std::vector<double> numbers(const HostTensor& host) {
  if (host.dtype == Dtype::f64) return host.as<double>();
  const std::vector<float> values = host.as<float>();
  return {values.begin(), values.end()};
}

const SitSettings tiny{.size = 8, .width = 12, .depth = 2, .heads = 2, .classes = 5};

ClassLabels labels(bool dropped = false) {
  std::vector<std::int64_t> ids = inputs().at("label").as<std::int64_t>();
  for (std::int64_t& id : ids)
    if (id == tiny.classes) id = ClassLabels::null_label;
  const std::vector<std::int64_t> drop = inputs().at("drop").as<std::int64_t>();
  const ClassLabels all(ids);
  return dropped ? all.drop([&](std::int64_t row) { return drop[static_cast<std::size_t>(row)] != 0; }) : all;
}

/// The velocity of a case, with the gradients of sum(v * cotangent) left in x and in the network.
struct Run {
  at::Tensor x, v;
  Run(const Precision& p, const libtorch::SitNetwork& network, double scale = 0, bool dropped = false)
      : x(LibTorch::parameter(p.backend.load(inputs().at("x")))) {
    v = network.predict(x, Times(inputs().at("t").as<double>()), labels(dropped), scale);
    const at::Tensor cotangent = p.backend.load(inputs().at("cotangent"));
    LibTorch::backward(std::span(&v, 1), std::span(&cotangent, 1));
  }
};

/// Largest distance of what `actual` is from the golden tensor, over the largest golden number.
double apart(const at::Tensor& actual, const NamedTensors& golden, const std::string& key) {
  return relative(LibTorch::to_host(actual), numbers(golden.at(key)));
}

void check_gradients(const Precision& p, const NamedTensors& golden, const std::string& name,
                     const Parameters<at::Tensor>& parameters) {
  int compared = 0;
  for (const auto& [key, tensor] : parameters) {
    const auto found = golden.find(name + ".grad." + key);
    if (found == golden.end()) continue;
    INFO(key);
    REQUIRE(LibTorch::gradient(tensor));
    CHECK(apart(*LibTorch::gradient(tensor), golden, found->first) < p.tolerance);
    ++compared;
  }
  CHECK(compared > 0);
}

libtorch::SitNetwork base(const Precision& p, SitSettings settings = tiny) {
  return libtorch::SitNetwork::load(p.backend, settings, tensors_under(inputs(), "weight."));
}

libtorch::SitNetwork adapted(const Precision& p, const libtorch::SitNetwork& network, const SitAdapter& adapter,
                             const std::string& name) {
  Philox random(1);
  libtorch::SitNetwork other = network.share(random, adapter);
  load_parameters(p.backend, other.adapter(), tensors_under(inputs(), name + ".weight."));
  return other;
}

}  // namespace

TEST_CASE("SiT agrees with PyTorch in the velocity and in every gradient") {
  for (const Precision& p : {f64, f32}) {
    INFO(p.file);
    const NamedTensors golden = read(p.file);
    for (const bool checkpointed : {false, true}) {
      SitSettings settings = tiny;
      settings.checkpoint_blocks = checkpointed;
      const libtorch::SitNetwork network = base(p, settings);
      const Run run(p, network);
      CHECK(apart(run.v, golden, "base.v") < p.tolerance);
      CHECK(apart(*LibTorch::gradient(run.x), golden, "base.grad.x") < p.tolerance);
      check_gradients(p, golden, "base", network.base());
      CHECK_FALSE(LibTorch::gradient(network.base().at("pos_embed")));
    }
  }
}

TEST_CASE("SiT replaces the classes that are dropped by the null class") {
  for (const Precision& p : {f64, f32})
    CHECK(apart(Run(p, base(p), 0, true).v, read(p.file), "dropped.v") < p.tolerance);
}

TEST_CASE("SiT drops the variance half of eight output channels") {
  for (const Precision& p : {f64, f32}) {
    NamedTensors weights = tensors_under(inputs(), "weight.");
    for (const auto& [name, tensor] : tensors_under(inputs(), "wide.weight.")) weights.insert_or_assign(name, tensor);
    SitSettings settings = tiny;
    settings.learns_variance = true;
    const libtorch::SitNetwork network = libtorch::SitNetwork::load(p.backend, settings, weights);
    const NamedTensors golden = read(p.file);
    const Run run(p, network);
    CHECK(apart(run.v, golden, "wide.v") < p.tolerance);
    CHECK(apart(*LibTorch::gradient(run.x), golden, "wide.grad.x") < p.tolerance);
    check_gradients(p, golden, "wide", network.base());
  }
}

TEST_CASE("SiT turns weights that were trained with time reversed") {
  for (const Precision& p : {f64, f32}) {
    SitSettings settings = tiny;
    settings.reversed_time = true;
    const NamedTensors golden = read(p.file);
    const Run run(p, base(p, settings));
    CHECK(apart(run.v, golden, "reversed.v") < p.tolerance);
    CHECK(apart(*LibTorch::gradient(run.x), golden, "reversed.grad.x") < p.tolerance);
  }
}

TEST_CASE("both forms of adapter agree with PyTorch over one shared base, whose weights they leave alone") {
  for (const Precision& p : {f64, f32})
    for (const bool checkpointed : {false, true}) {
      SitSettings settings = tiny;
      settings.checkpoint_blocks = checkpointed;
      const NamedTensors golden = read(p.file);
      const libtorch::SitNetwork network = base(p, settings);
      const libtorch::SitNetwork own =
          adapted(p, network, {.form = SitAdapterForm::query_value, .rank = 3}, "query_value");
      const libtorch::SitNetwork lora =
          adapted(p, network, {.form = SitAdapterForm::lora, .rank = 3, .alpha = 6}, "lora");
      CHECK(apart(Run(p, own, 0.375).v, golden, "query_value_low.v") < p.tolerance);
      LibTorch::clear_gradients(tensors_of(own.adapter()));
      const Run high(p, own, 2), low(p, lora, 0.5);
      CHECK(apart(high.v, golden, "query_value.v") < p.tolerance);
      CHECK(apart(*LibTorch::gradient(high.x), golden, "query_value.grad.x") < p.tolerance);
      check_gradients(p, golden, "query_value", own.adapter());
      CHECK(apart(low.v, golden, "lora.v") < p.tolerance);
      CHECK(apart(*LibTorch::gradient(low.x), golden, "lora.grad.x") < p.tolerance);
      check_gradients(p, golden, "lora", lora.adapter());
      for (const auto& [name, tensor] : network.base()) CHECK_FALSE(LibTorch::gradient(tensor));
      CHECK(LibTorch::to_host(own.predict(high.x, Times(inputs().at("t").as<double>()), labels())) ==
            LibTorch::to_host(network.predict(high.x, Times(inputs().at("t").as<double>()), labels())));
    }
}
