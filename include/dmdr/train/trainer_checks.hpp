// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/train/stages.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace dmdr::detail {

/// What a trainer is made of, as far as it can be wrong whatever the recipe's types.
struct TrainerParts {
  std::int64_t grid_steps = 0;
  bool one_step = false;  ///< the backward simulation is `PureNoise`
  bool conditions = false;
  bool needs_reward = false;
  bool reward = false;
};
/// Throws `ConfigError` naming the first setting or part that makes no run.
void check_trainer(const TrainerSettings& settings, const std::vector<Stage>& stages, const TrainerParts& parts,
                   Location where);

/// Throws `ConfigError` where a batch of conditions has another size than `batch`.
void check_conditions(std::int64_t rows, std::int64_t batch);

/// The tensor of that name; throws `FileError` where it is missing.
[[nodiscard]] const HostTensor& stored(const NamedTensors& named, const std::string& name, Location where);

/// XXH3-128 over names and bytes.
[[nodiscard]] std::string digest_of(const NamedTensors& named);

}  // namespace dmdr::detail

#ifndef DMDR_COMPILED
#include <dmdr/train/trainer_checks.ipp>  // IWYU pragma: export
#endif
