// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/sit.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <dmdr/core/error.hpp>

#include "network.hpp"

namespace dmdr::libtorch {

SitNetwork::SitNetwork(const LibTorch& backend, const SitSettings& settings, Location where)
    : body_{.backend = backend, .settings = settings, .name = "Sit"} {
  const std::string fault = settings.contradiction();
  if (!fault.empty()) throw ConfigError("Sit: " + fault, where);
}

SitNetwork::SitNetwork(const LibTorch& backend, const SitSettings& settings, RandomSource& random, Location where)
    : SitNetwork(backend, settings, where) {
  body_.draw(sit_parameters(settings), "sit", random, where);
}

SitNetwork SitNetwork::meta(const LibTorch& backend, const SitSettings& settings, Location where) {
  SitNetwork network(backend, settings, where);
  network.body_.make_meta(sit_parameters(settings));
  return network;
}

SitNetwork SitNetwork::load(const LibTorch& backend, const SitSettings& settings, const NamedTensors& named,
                            Location where) {
  NamedTensors kept;
  for (const auto& [name, tensor] : named) {
    const std::string stripped = name.starts_with("module.") ? name.substr(7) : name;
    if (!stripped.starts_with("projectors.")) kept.emplace(stripped, tensor);
  }
  SitNetwork network(backend, settings, where);
  network.body_.load(sit_parameters(settings), kept, where);
  return network;
}

at::Tensor SitNetwork::predict(const at::Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale,
                               Location where) const {
  body_.check_input(x, where);
  require_rows("Sit", shape_of(x), times, labels.rows(), "labels", where);
  const std::vector<std::int64_t> rows = table_rows("Sit", labels, body_.settings.classes, where);
  const at::Tensor embedded = LibTorch::take_rows(body_.base.at("y_embedder.embedding_table.weight"), rows, where);
  return body_.velocity(x, times, embedded, adapter_scale);
}

}  // namespace dmdr::libtorch
