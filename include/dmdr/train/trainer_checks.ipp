// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <dmdr/core/inline.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/train/trainer_checks.hpp>

namespace dmdr::detail {

DMDR_INLINE void check_trainer(const TrainerSettings& settings, const std::vector<Stage>& stages,
                               const TrainerParts& parts, Location where) {
  if (settings.batch < 1)
    throw ConfigError("trainer: the batch is empty (batch = " + std::to_string(settings.batch) + ")", where);
  if (settings.ratio < 1)
    throw ConfigError("trainer: ratio must be at least 1, got " + std::to_string(settings.ratio), where);
  if (stages.empty()) throw ConfigError("trainer: no stages", where);
  if (!parts.conditions)
    throw ConfigError("trainer: parts.conditions is empty: give a function that makes a batch of conditions", where);
  if (parts.one_step && parts.grid_steps != 1)
    throw ConfigError("trainer: PureNoise trains a one-step student, the grid has " + std::to_string(parts.grid_steps) +
                          " steps",
                      where);
  if (parts.needs_reward && !parts.reward)
    throw ConfigError("trainer: the recipe has a reward, and parts.reward is empty", where);
}

DMDR_INLINE void check_conditions(std::int64_t rows, std::int64_t batch) {
  if (rows != batch)
    throw ConfigError("trainer: parts.conditions gave " + std::to_string(rows) + " conditions for a batch of " +
                      std::to_string(batch));
}

DMDR_INLINE const HostTensor& stored(const NamedTensors& named, const std::string& name, Location where) {
  const auto found = named.find(name);
  if (found == named.end()) throw FileError("restore: tensor " + name + " is missing", where);
  return found->second;
}

DMDR_INLINE std::string digest_of(const NamedTensors& named) {
  io::Digester digester;
  for (const auto& [name, tensor] : named) {
    digester.update(std::as_bytes(std::span(name)));
    digester.update(tensor.bytes);
  }
  return digester.hex();
}

}  // namespace dmdr::detail
