// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/class_mlp.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/silu.h>

#include <dmdr/core/error.hpp>

#include "network.hpp"

namespace dmdr::libtorch {
namespace {

constexpr std::int64_t embedding_size = 32;
constexpr double rms_eps = 1e-6;

std::string block_name(std::int64_t i) { return "blocks." + std::to_string(i); }

// [sin(f_0 t) .., cos(f_0 t) ..], f_j = 100^(j/15), computed in double.
std::vector<double> time_embedding(const Times& times) {
  constexpr std::int64_t frequencies = embedding_size / 2;
  std::vector<double> values;
  for (const double t : times.values())
    for (double (*const wave)(double) :
         {static_cast<double (*)(double)>(std::sin), static_cast<double (*)(double)>(std::cos)})
      for (std::int64_t j = 0; j < frequencies; ++j)
        values.push_back(wave(std::pow(100.0, static_cast<double>(j) / (frequencies - 1)) * t));
  return values;
}

at::Tensor normed(const at::Tensor& x) { return at::rms_norm(x, {x.size(1)}, {}, rms_eps); }

}  // namespace

ClassMlpNetwork::ClassMlpNetwork(const LibTorch& backend, const ClassMlp& spec, RandomSource& random, Location where)
    : ClassMlpNetwork(backend, spec) {
  if (spec.data_size < 1 || spec.classes < 1 || spec.width < 1 || spec.blocks < 0 || spec.adapter_rank < 1)
    throw ConfigError("ClassMlp: data_size, classes, width and adapter_rank must be at least 1, and blocks at least 0",
                      where);
  const auto draw = [&](const std::string& name, std::int64_t out, std::int64_t in, double deviation) {
    base_.emplace(name, drawn(backend_, "class_mlp/" + name, {out, in}, deviation, random));
  };
  const auto by_inputs = [](std::int64_t in, double gain) { return gain / std::sqrt(static_cast<double>(in)); };
  draw("in.weight", spec.width, spec.data_size, by_inputs(spec.data_size, 1));
  draw("time.weight", spec.width, embedding_size, by_inputs(embedding_size, 1));
  draw("class.weight", spec.classes + 1, spec.width, 0.02);
  draw("out.weight", spec.data_size, spec.width, by_inputs(spec.width, 1e-3));
  for (std::int64_t i = 0; i < spec.blocks; ++i) {
    draw(block_name(i) + ".w1.weight", spec.width, spec.width, by_inputs(spec.width, 1));
    draw(block_name(i) + ".w2.weight", spec.width, spec.width, by_inputs(spec.width, 0.3));
    draw(block_name(i) + ".u.weight", spec.width, spec.width, by_inputs(spec.width, 1));
    base_.emplace(block_name(i) + ".b", zeros(backend_, {spec.width}));
  }
  draw_adapter(random);
}

at::Tensor ClassMlpNetwork::linear(const at::Tensor& x, const std::string& layer, double scale) const {
  const at::Tensor out = at::linear(x, base_.at(layer + ".weight"));
  if (scale == 0) return out;
  return out + at::linear(at::linear(x, adapter_.at(layer + ".lora_a")), adapter_.at(layer + ".lora_b")) * scale;
}

at::Tensor ClassMlpNetwork::predict(const at::Tensor& x, const Times& times, const ClassLabels& labels,
                                    double adapter_scale, Location where) const {
  const Shape shape = shape_of(x);
  if (shape.rank() != 2 || shape[1] != spec_.data_size)
    throw ShapeError("ClassMlp: x must be [B, " + std::to_string(spec_.data_size) + "], got " + shape.str(), where);
  require_rows("ClassMlp", shape, times, labels.rows(), "labels", where);
  const std::vector<std::int64_t> rows = table_rows("ClassMlp", labels, spec_.classes, where);
  const at::Tensor sinusoid =
      network_backend(backend_).from_host(Shape{times.rows(), embedding_size}, time_embedding(times), where);
  const at::Tensor e = at::silu(at::linear(sinusoid, base_.at("time.weight")) +
                                LibTorch::take_rows(base_.at("class.weight"), rows, where));
  at::Tensor h = at::linear(x.to(e.scalar_type()), base_.at("in.weight"));
  for (std::int64_t i = 0; i < spec_.blocks; ++i) {
    const std::string block = block_name(i);
    const at::Tensor inner = linear(normed(h), block + ".w1", adapter_scale) + linear(e, block + ".u", adapter_scale) +
                             base_.at(block + ".b");
    h = h + linear(at::silu(inner), block + ".w2", adapter_scale);
  }
  return at::linear(at::silu(normed(h)), base_.at("out.weight")).to(x.scalar_type());
}

ClassMlpNetwork ClassMlpNetwork::clone() const {
  ClassMlpNetwork copy(backend_, spec_);
  for (const auto& [name, tensor] : base_) copy.base_.emplace(name, copied(tensor));
  for (const auto& [name, tensor] : adapter_) copy.adapter_.emplace(name, copied(tensor));
  return copy;
}

ClassMlpNetwork ClassMlpNetwork::share(RandomSource& random) const {
  ClassMlpNetwork other(backend_, spec_);
  for (const auto& [name, tensor] : base_) other.base_.emplace(name, LibTorch::detach(tensor));
  other.draw_adapter(random);
  return other;
}

void ClassMlpNetwork::draw_adapter(RandomSource& random) {
  const std::int64_t rank = spec_.adapter_rank, width = spec_.width;
  for (std::int64_t i = 0; i < spec_.blocks; ++i)
    for (const char* const layer : {".w1", ".w2", ".u"}) {
      const std::string name = block_name(i) + layer;
      adapter_.emplace(name + ".lora_a", drawn(backend_, "class_mlp/" + name + ".lora_a", {rank, width},
                                               1.0 / static_cast<double>(rank), random));
      adapter_.emplace(name + ".lora_b", zeros(backend_, {width, rank}));
    }
}

}  // namespace dmdr::libtorch
