// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <dmdr/libtorch/sit.hpp>

#include "network.hpp"

// How a SiT's tensors come into being: drawn, copied, or shared beside a new adapter.

namespace dmdr::libtorch {
namespace {

bool starts_at_zero(const std::string& name) {
  return name.ends_with(".bias") || name.find("adaLN_modulation") != std::string::npos ||
         name == "final_layer.linear.weight";
}

std::vector<double> initial(const std::string& name, const Shape& shape, RandomSource& random) {
  const std::string stream = "sit/" + name;
  const Draw draw{.stream = stream};
  if (name.starts_with("y_embedder") || name.starts_with("t_embedder")) {
    std::vector<double> values = random.normal(draw, shape.rows(), shape.row_size());
    for (double& value : values) value *= 0.02;
    return values;
  }
  const double bound = std::sqrt(6.0 / static_cast<double>(shape.rows() + shape.row_size()));
  std::vector<double> values = random.uniform(draw, shape.rows(), shape.row_size());
  for (double& value : values) value = bound * (2 * value - 1);
  return values;
}

}  // namespace

SitNetwork::SitNetwork(const LibTorch& backend, const SitSettings& settings, RandomSource& random, Location where)
    : SitNetwork(backend, settings) {
  const std::string fault = settings.contradiction();
  if (!fault.empty()) throw ConfigError("Sit: " + fault, where);
  const LibTorch weights = network_backend(backend);
  for (const auto& [name, shape] : sit_parameters(settings)) {
    std::vector<double> values(static_cast<std::size_t>(shape.numel()));
    if (name == "pos_embed")
      values = sit_position_embedding(settings);
    else if (!starts_at_zero(name))
      values = initial(name, shape, random);
    base_.emplace(name, weights.from_host(shape, values, where).set_requires_grad(name != "pos_embed"));
  }
}

SitNetwork SitNetwork::clone() const {
  SitNetwork copy(backend_, settings_);
  for (const auto& [name, tensor] : base_) copy.base_.emplace(name, copied(tensor));
  for (const auto& [name, tensor] : adapter_) copy.adapter_.emplace(name, copied(tensor));
  return copy;
}

SitNetwork SitNetwork::share(RandomSource& random, const SitAdapter& adapter) const {
  SitNetwork other(backend_, settings_);
  other.settings_.adapter = adapter;
  for (const auto& [name, tensor] : base_) other.base_.emplace(name, LibTorch::detach(tensor));
  const double deviation = adapter.form == SitAdapterForm::lora ? 1.0 / static_cast<double>(adapter.rank) : 1.0;
  for (const auto& [name, shape] : sit_adapter_parameters(settings_, adapter)) {
    const bool first = name.ends_with("A") || name.ends_with("lora_A.weight");
    other.adapter_.emplace(name,
                           first ? drawn(backend_, "sit/" + name, shape, deviation, random) : zeros(backend_, shape));
  }
  return other;
}

}  // namespace dmdr::libtorch
