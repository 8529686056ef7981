// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch.hpp>
#include <dmdr/model/sit.hpp>

#include "checkpoint_facts.hpp"

/// \file
/// Sampling over LibTorch. The header of this name in `eigen/` is its counterpart.

namespace sample {

using Backend = dmdr::LibTorch;
using Spec = dmdr::PixelSit;
using Network = dmdr::libtorch::SitNetwork;
inline constexpr const char* other_program = "sample";
inline constexpr const char* default_student = "runs/digits-libtorch/students/tilted_joint.safetensors";

/// One thread, as in training: the same bits wherever the program runs.
inline void prepare_process() { dmdr::libtorch::set_threads(1); }

[[nodiscard]] inline std::int64_t classes_of(const Spec& spec) { return spec.network.classes; }
[[nodiscard]] inline std::int64_t channels_of(const Spec& spec) { return spec.network.channels; }

/// The extents of a network, read off its tensors, and the number of heads from the metadata: the tensors are the same for all numbers of
/// them. Throws `FileError` where they are of another network, `ConfigError` where an extent is out of range.
[[nodiscard]] inline Spec spec_of(const dmdr::io::SafetensorsFile& file, const std::string& path) {
  const auto shape = [&](const std::string& name, std::int64_t rank) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end() || found->second.shape.rank() != rank)
      throw dmdr::FileError("sample: " + path + " is no PixelSit: it has no tensor " + name + " of " +
                            std::to_string(rank) + " axes");
    return found->second.shape;
  };
  dmdr::SitSettings sit;
  const dmdr::Shape patches = shape("x_embedder.proj.weight", 4);
  sit.width = patches[0];
  sit.channels = patches[1];
  sit.patch = patches[2];
  const std::int64_t tokens = shape("pos_embed", 3)[1];
  sit.size = sit.patch * std::llround(std::sqrt(static_cast<double>(tokens)));
  sit.classes = shape("y_embedder.embedding_table.weight", 2)[0] - 1;
  sit.frequencies = shape("t_embedder.mlp.0.weight", 2)[1] / 2;
  sit.mlp_ratio = shape("blocks.0.mlp.fc1.weight", 2)[0] / std::max<std::int64_t>(1, sit.width);
  sit.depth = 0;
  for (const auto& [name, tensor] : file.tensors) sit.depth += name.ends_with(".mlp.fc1.weight") ? 1 : 0;
  sit.heads = metadata_number(file, "heads", path);
  dmdr::io::check_settings(sit);
  return {sit};
}

[[nodiscard]] inline Network load_network(const Spec& spec, const dmdr::NamedTensors& tensors) {
  return Network::load(Backend{}, spec.network, tensors);
}

}  // namespace sample
