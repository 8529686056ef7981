// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/sit_body.hpp>

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
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>

#include <dmdr/core/error.hpp>

#include "activation.hpp"
#include "linear.hpp"
#include "modulated_norm.hpp"
#include "network.hpp"

namespace dmdr::libtorch {

at::Tensor SitBody::linear(const at::Tensor& x, const std::string& layer, double scale) const {
  LowRank added;
  const auto a = scale == 0 ? adapter.end() : adapter.find(layer + ".lora_A.weight");
  if (a != adapter.end())
    added = {a->second, adapter.at(layer + ".lora_B.weight"),
             scale * settings.adapter.alpha / static_cast<double>(settings.adapter.rank), merges_adapter};
  return libtorch::linear(x, base.at(layer + ".weight"), base.at(layer + ".bias"), added);
}

// The sinusoid is computed before any rounding to 16 bits: [B, 2 frequencies], cosines first.
at::Tensor SitBody::embedded_times(const Times& times) const {
  const std::int64_t count = settings.frequencies;
  const bool exact = base.at("t_embedder.mlp.0.weight").scalar_type() == c10::kDouble;
  std::vector<double> values;
  for (const double time : times.values()) {
    const double t = settings.reversed_time ? 1 - time : time;
    std::vector<double> angles;
    for (std::int64_t j = 0; j < count; ++j) {
      const auto frequency =
          static_cast<float>(std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(count)));
      angles.push_back(exact ? t * frequency : static_cast<double>(static_cast<float>(t) * frequency));
    }
    for (const double angle : angles) values.push_back(std::cos(angle));
    for (const double angle : angles) values.push_back(std::sin(angle));
  }
  const at::Tensor sinusoid = network_backend(backend).from_host(Shape{times.rows(), 2 * count}, values);
  return linear(at::silu(linear(sinusoid, "t_embedder.mlp.0")), "t_embedder.mlp.2");
}

// [B, C, s, s] -> [B, tokens, C p p]: the products of a convolution whose stride is its size.
at::Tensor SitBody::patches(const at::Tensor& x) const {
  const std::int64_t p = settings.patch, side = settings.size / p, c = settings.channels;
  return x.reshape({x.size(0), c, side, p, side, p})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({x.size(0), side * side, c * p * p});
}

// [B, tokens, p p C'] -> [B, C, s, s]; the variance half is dropped.
at::Tensor SitBody::image(const at::Tensor& tokens) const {
  const std::int64_t p = settings.patch, side = settings.size / p;
  return tokens.reshape({tokens.size(0), side, side, p, p, settings.out_channels()})
      .narrow(5, 0, settings.channels)
      .permute({0, 5, 1, 3, 2, 4})
      .reshape({tokens.size(0), settings.channels, settings.size, settings.size});
}

at::Tensor SitBody::attention(const at::Tensor& x, const std::string& block, std::int64_t heads, double scale) const {
  const std::int64_t batch = x.size(0), tokens = x.size(1), width = x.size(2), head = width / heads;
  // The gradient of this is one stack of the three; that of three narrows would be a sum of three tensors of all of them.
  const std::vector<at::Tensor> qkv = linear(x, block + "attn.qkv", scale).reshape({batch, tokens, 3, width}).unbind(2);
  const auto part = [&](std::size_t k, const char* side) {
    at::Tensor value = qkv[k];
    const std::string lora = block + "attn.lora.lora_" + side;
    const auto a = scale == 0 || *side == '\0' ? adapter.end() : adapter.find(lora + "A");
    // (q A) B and not q (A B), which would form a product of the layer's own size.
    if (a != adapter.end()) value = value + value.matmul(a->second).matmul(adapter.at(lora + "B")) * scale;
    return value.reshape({batch, tokens, heads, head}).transpose(1, 2);
  };
  const at::Tensor mixed = at::scaled_dot_product_attention(part(0, "Q"), part(1, ""), part(2, "V"));
  return linear(mixed.transpose(1, 2).reshape({batch, tokens, width}), block + "attn.proj", scale);
}

at::Tensor SitBody::mlp(const at::Tensor& x, const std::string& block, double scale) const {
  return linear(gelu_tanh(linear(x, block + "mlp.fc1", scale)), block + "mlp.fc2", scale);
}

at::Tensor SitBody::block(const at::Tensor& x, const at::Tensor& condition, const std::string& prefix,
                          double scale) const {
  const std::vector<at::Tensor> m = linear(condition, prefix + "adaLN_modulation.1").chunk(6, 1);
  const at::Tensor mixed = attention(modulated_norm(x, m[0], m[1]), prefix, settings.heads, scale);
  const at::Tensor h = at::addcmul(x, m[2].unsqueeze(1), mixed);
  return at::addcmul(h, m[5].unsqueeze(1), mlp(modulated_norm(h, m[3], m[4]), prefix, scale));
}

void SitBody::check_input(const at::Tensor& x, Location where) const {
  const Shape shape = shape_of(x);
  const Shape sample{1, settings.channels, settings.size, settings.size};
  if (shape.rank() != 4 || !(shape.with_rows(1) == sample))
    throw ShapeError(name + ": x must be [B, " + std::to_string(settings.channels) + ", " +
                         std::to_string(settings.size) + ", " + std::to_string(settings.size) + "], got " + shape.str(),
                     where);
  const at::Tensor& weight = base.at("x_embedder.proj.weight");
  if (x.device() != weight.device())
    throw DeviceError(name + ": x is on " + x.device().str() + ", the weights are on " + weight.device().str(), where);
}

at::Tensor SitBody::velocity(const at::Tensor& x, const Times& times, const at::Tensor& condition, double scale) const {
  const at::Tensor& kernel = base.at("x_embedder.proj.weight");
  const c10::ScalarType type = kernel.scalar_type();
  at::Tensor h =
      libtorch::linear(patches(x.to(type)), kernel.reshape({settings.width, -1}), base.at("x_embedder.proj.bias")) +
      base.at("pos_embed");
  const at::Tensor modulation = at::silu(embedded_times(times) + condition);
  const bool again = settings.checkpoint_blocks && c10::GradMode::is_enabled();
  // The backward pass runs the blocks again, maybe after the network was moved or is gone: it keeps handles of its own.
  const std::shared_ptr<SitBody> kept(again ? std::make_shared<SitBody>(*this) : nullptr);
  if (again) kept->merges_adapter = false;  // it runs once without a graph and once with one, to the same bits
  for (std::int64_t i = 0; i < settings.depth; ++i) {
    const std::string prefix = "blocks." + std::to_string(i) + ".";
    if (!again) {
      h = block(h, modulation, prefix, scale);
      continue;
    }
    // A checkpoint whose inputs ask for no gradient has none; below the first adapter none does.
    if (!h.requires_grad()) h = h.detach().set_requires_grad(true);
    const at::Tensor inputs[] = {h, modulation};
    h = LibTorch::checkpoint([kept, prefix, scale](
                                 std::span<const at::Tensor> in) { return kept->block(in[0], in[1], prefix, scale); },
                             inputs);
  }
  const std::vector<at::Tensor> m = linear(modulation, "final_layer.adaLN_modulation.1").chunk(2, 1);
  const at::Tensor v = image(linear(modulated_norm(h, m[0], m[1]), "final_layer.linear")).to(x.scalar_type());
  return settings.reversed_time ? -v : v;
}

}  // namespace dmdr::libtorch
