// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/sit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>

#include <dmdr/core/error.hpp>

#include "convert.hpp"
#include "network.hpp"

namespace dmdr::libtorch {
namespace {

void require_fit(const SitSettings& settings, Location where) {
  const std::string fault = settings.contradiction();
  if (!fault.empty()) throw ConfigError("Sit: " + fault, where);
}

// LN(x) (1 + scale) + shift; LN without gain.
at::Tensor modulated(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale) {
  const at::Tensor normed = at::layer_norm(x, {x.size(2)}, {}, {}, 1e-6);
  return at::addcmul(shift.unsqueeze(1), normed, scale.unsqueeze(1) + 1);
}

}  // namespace

SitNetwork SitNetwork::meta(const LibTorch& backend, const SitSettings& settings, Location where) {
  require_fit(settings, where);
  SitNetwork network(backend, settings);
  const auto options = at::TensorOptions(c10::kMeta).dtype(scalar_type(backend.weights()));
  for (const auto& [name, shape] : sit_parameters(settings))
    network.base_.emplace(name, at::empty(sizes_of(shape), options).set_requires_grad(name != "pos_embed"));
  return network;
}

SitNetwork SitNetwork::load(const LibTorch& backend, const SitSettings& settings, const NamedTensors& named,
                            Location where) {
  NamedTensors kept;
  for (const auto& [name, tensor] : named) {
    const std::string stripped = name.starts_with("module.") ? name.substr(7) : name;
    if (!stripped.starts_with("projectors.")) kept.emplace(stripped, tensor);
  }
  SitNetwork network = meta(backend, settings, where);
  check_parameters(network.base_, kept, "", where);
  const LibTorch weights = network_backend(backend);
  for (auto& [name, tensor] : network.base_)
    tensor = weights.load(kept.at(name), where).set_requires_grad(name != "pos_embed");
  return network;
}

at::Tensor SitNetwork::linear(const at::Tensor& x, const std::string& name, double scale) const {
  const at::Tensor out = at::linear(x, parameter(name + ".weight"), parameter(name + ".bias"));
  const auto a = scale == 0 ? adapter_.end() : adapter_.find(name + ".lora_A.weight");
  if (a == adapter_.end()) return out;
  const at::Tensor& b = adapter_.at(name + ".lora_B.weight");
  const double gain = scale * settings_.adapter.alpha / static_cast<double>(settings_.adapter.rank);
  return out + at::linear(at::linear(x, a->second), b) * gain;
}

// The sinusoid is computed before any rounding to 16 bits: [B, 2 frequencies], cosines first.
at::Tensor SitNetwork::embedded_times(const Times& times) const {
  const std::int64_t count = settings_.frequencies;
  const bool exact = parameter("t_embedder.mlp.0.weight").scalar_type() == c10::kDouble;
  std::vector<double> values;
  for (const double time : times.values()) {
    const double t = settings_.reversed_time ? 1 - time : time;
    std::vector<double> angles;
    for (std::int64_t j = 0; j < count; ++j) {
      const auto frequency =
          static_cast<float>(std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(count)));
      angles.push_back(exact ? t * frequency : static_cast<double>(static_cast<float>(t) * frequency));
    }
    for (const double angle : angles) values.push_back(std::cos(angle));
    for (const double angle : angles) values.push_back(std::sin(angle));
  }
  const at::Tensor sinusoid = network_backend(backend_).from_host(Shape{times.rows(), 2 * count}, values);
  return linear(at::silu(linear(sinusoid, "t_embedder.mlp.0")), "t_embedder.mlp.2");
}

at::Tensor SitNetwork::embedded_labels(const ClassLabels& labels, Location where) const {
  const std::vector<std::int64_t> rows = table_rows("Sit", labels, settings_.classes, where);
  return LibTorch::take_rows(parameter("y_embedder.embedding_table.weight"), rows, where);
}

// [B, C, s, s] -> [B, tokens, C p p]: the products of a convolution whose stride is its size.
at::Tensor SitNetwork::patches(const at::Tensor& x) const {
  const std::int64_t p = settings_.patch, side = settings_.size / p, c = settings_.channels;
  return x.reshape({x.size(0), c, side, p, side, p})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({x.size(0), side * side, c * p * p});
}

// [B, tokens, p p C'] -> [B, C, s, s]; the variance half is dropped.
at::Tensor SitNetwork::image(const at::Tensor& tokens) const {
  const std::int64_t p = settings_.patch, side = settings_.size / p;
  return tokens.reshape({tokens.size(0), side, side, p, p, settings_.out_channels()})
      .narrow(5, 0, settings_.channels)
      .permute({0, 5, 1, 3, 2, 4})
      .reshape({tokens.size(0), settings_.channels, settings_.size, settings_.size});
}

at::Tensor SitNetwork::attention(const at::Tensor& x, const std::string& block, double scale) const {
  const std::int64_t batch = x.size(0), tokens = x.size(1), width = settings_.width;
  const std::int64_t heads = settings_.heads, head = width / heads;
  const at::Tensor qkv = linear(x, block + "attn.qkv", scale);
  const auto part = [&](std::int64_t k, const char* side) {
    at::Tensor value = qkv.narrow(2, k * width, width);
    const std::string name = block + "attn.lora.lora_" + side;
    const auto a = scale == 0 || *side == '\0' ? adapter_.end() : adapter_.find(name + "A");
    // (q A) B and not q (A B), which would form a product of the layer's own size.
    if (a != adapter_.end()) value = value + value.matmul(a->second).matmul(adapter_.at(name + "B")) * scale;
    return value.reshape({batch, tokens, heads, head}).transpose(1, 2);
  };
  const at::Tensor mixed = at::scaled_dot_product_attention(part(0, "Q"), part(1, ""), part(2, "V"));
  return linear(mixed.transpose(1, 2).reshape({batch, tokens, width}), block + "attn.proj", scale);
}

at::Tensor SitNetwork::block(const at::Tensor& x, const at::Tensor& condition, const std::string& name,
                             double scale) const {
  const std::vector<at::Tensor> m = linear(condition, name + "adaLN_modulation.1").chunk(6, 1);
  const at::Tensor mixed = attention(modulated(x, m[0], m[1]), name, scale);
  const at::Tensor h = at::addcmul(x, m[2].unsqueeze(1), mixed);
  const at::Tensor inner = at::gelu(linear(modulated(h, m[3], m[4]), name + "mlp.fc1", scale), "tanh");
  return at::addcmul(h, m[5].unsqueeze(1), linear(inner, name + "mlp.fc2", scale));
}

void SitNetwork::check(const at::Tensor& x, const Times& times, const ClassLabels& labels, Location where) const {
  const Shape shape = shape_of(x);
  const Shape sample{1, settings_.channels, settings_.size, settings_.size};
  if (shape.rank() != 4 || !(shape.with_rows(1) == sample))
    throw ShapeError("Sit: x must be [B, " + std::to_string(settings_.channels) + ", " +
                         std::to_string(settings_.size) + ", " + std::to_string(settings_.size) + "], got " +
                         shape.str(),
                     where);
  require_rows("Sit", shape, times, labels, where);
  const at::Tensor& weight = base_.at("x_embedder.proj.weight");
  if (x.device() != weight.device())
    throw DeviceError("Sit: x is on " + x.device().str() + ", the weights are on " + weight.device().str(), where);
}

at::Tensor SitNetwork::predict(const at::Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale,
                               Location where) const {
  check(x, times, labels, where);
  const at::Tensor& kernel = base_.at("x_embedder.proj.weight");
  const c10::ScalarType type = kernel.scalar_type();
  at::Tensor h =
      at::linear(patches(x.to(type)), kernel.reshape({settings_.width, -1}), parameter("x_embedder.proj.bias")) +
      parameter("pos_embed");
  const at::Tensor condition = at::silu(embedded_times(times) + embedded_labels(labels, where));
  const bool again = settings_.checkpoint_blocks && c10::GradMode::is_enabled();
  // The backward pass runs the blocks again, maybe after this network was moved or is gone: it keeps handles of its own.
  const std::shared_ptr<const SitNetwork> kept(again ? new SitNetwork(*this) : nullptr);
  for (std::int64_t i = 0; i < settings_.depth; ++i) {
    const std::string name = "blocks." + std::to_string(i) + ".";
    if (!again) {
      h = block(h, condition, name, adapter_scale);
      continue;
    }
    // A checkpoint whose inputs ask for no gradient has none; below the first adapter none does.
    if (!h.requires_grad()) h = h.detach().set_requires_grad(true);
    const at::Tensor inputs[] = {h, condition};
    h = LibTorch::checkpoint(
        [kept, name, adapter_scale](std::span<const at::Tensor> in) {
          return kept->block(in[0], in[1], name, adapter_scale);
        },
        inputs);
  }
  const std::vector<at::Tensor> m = linear(condition, "final_layer.adaLN_modulation.1").chunk(2, 1);
  const at::Tensor v = image(linear(modulated(h, m[0], m[1]), "final_layer.linear")).to(x.scalar_type());
  return settings_.reversed_time ? -v : v;
}

}  // namespace dmdr::libtorch
