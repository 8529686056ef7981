// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <dmdr/libtorch/sit_body.hpp>

#include "convert.hpp"
#include "network.hpp"

// How a SiT's tensors come into being: drawn, copied, or shared beside a new adapter.

namespace dmdr::libtorch {
namespace {

bool starts_at_zero(const std::string& name) {
  return name.ends_with(".bias") || name.find("adaLN_modulation") != std::string::npos ||
         name == "final_layer.linear.weight";
}

std::vector<double> initial(const std::string& name, const Shape& shape, const std::string& stream,
                            RandomSource& random) {
  const Draw draw{.stream = stream};
  const bool words = name.starts_with("text.") && name.find("_embedding") != std::string::npos;
  if (words || name.starts_with("y_embedder") || name.starts_with("t_embedder")) {
    std::vector<double> values = random.normal(draw, shape.rows(), shape.row_size());
    for (double& value : values) value *= words ? 0.5 : 0.02;
    return values;
  }
  const double bound = std::sqrt(6.0 / static_cast<double>(shape.rows() + shape.row_size()));
  std::vector<double> values = random.uniform(draw, shape.rows(), shape.row_size());
  for (double& value : values) value = bound * (2 * value - 1);
  return values;
}

}  // namespace

void SitBody::make_meta(const std::map<std::string, Shape>& shapes) {
  const auto options = at::TensorOptions(c10::kMeta).dtype(scalar_type(backend.weights()));
  for (const auto& [key, shape] : shapes)
    base.insert_or_assign(key, at::empty(sizes_of(shape), options).set_requires_grad(key != "pos_embed"));
}

void SitBody::draw(const std::map<std::string, Shape>& shapes, const std::string& stream, RandomSource& random,
                   Location where) {
  const LibTorch weights = network_backend(backend);
  for (const auto& [key, shape] : shapes) {
    std::vector<double> values(static_cast<std::size_t>(shape.numel()));
    if (key == "pos_embed")
      values = sit_position_embedding(settings);
    else if (!starts_at_zero(key))
      values = initial(key, shape, stream + "/" + key, random);
    base.insert_or_assign(key, weights.from_host(shape, values, where).set_requires_grad(key != "pos_embed"));
  }
}

void SitBody::load(const std::map<std::string, Shape>& shapes, const NamedTensors& named, Location where) {
  make_meta(shapes);
  check_parameters(base, named, "", where);
  const LibTorch weights = network_backend(backend);
  for (auto& [key, tensor] : base) tensor = weights.load(named.at(key), where).set_requires_grad(key != "pos_embed");
}

SitBody SitBody::clone() const {
  SitBody copy{.backend = backend, .settings = settings, .name = name};
  for (const auto& [key, tensor] : base) copy.base.emplace(key, copied(tensor));
  for (const auto& [key, tensor] : adapter) copy.adapter.emplace(key, copied(tensor));
  return copy;
}

SitBody SitBody::share(RandomSource& random, const SitAdapter& form, const std::string& stream) const {
  SitBody other{.backend = backend, .settings = settings, .name = name};
  other.settings.adapter = form;
  for (const auto& [key, tensor] : base) other.base.emplace(key, LibTorch::detach(tensor));
  const double deviation = form.form == SitAdapterForm::lora ? 1.0 / static_cast<double>(form.rank) : 1.0;
  for (const auto& [key, shape] : sit_adapter_parameters(settings, form)) {
    const bool first = key.ends_with("A") || key.ends_with("lora_A.weight");
    other.adapter.emplace(key,
                          first ? drawn(backend, stream + "/" + key, shape, deviation, random) : zeros(backend, shape));
  }
  return other;
}

}  // namespace dmdr::libtorch
