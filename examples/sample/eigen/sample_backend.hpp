// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/eigen.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/class_mlp.hpp>

/// \file
/// Sampling over the Eigen backend. The header of this name in `libtorch/` is its counterpart.

namespace sample {

using Backend = dmdr::EigenCpu<float>;
using Spec = dmdr::ClassMlp;
using Network = dmdr::eigen::ClassMlpNetwork<float>;
inline constexpr const char* other_program = "sample_libtorch";
inline constexpr const char* default_student = "runs/digits/students/tilted_joint.safetensors";

/// Nothing to set: a tensor's work is done by the thread that asks for it.
inline void prepare_process() {}

[[nodiscard]] inline std::int64_t classes_of(const Spec& spec) { return spec.classes; }
[[nodiscard]] inline std::int64_t channels_of(const Spec& /*spec*/) { return 1; }

/// The extents of a network, read off its tensors. Throws `FileError` where they are of another network.
[[nodiscard]] inline Spec spec_of(const dmdr::io::SafetensorsFile& file, const std::string& path) {
  const auto shape = [&](const std::string& name) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end() || found->second.shape.rank() != 2)
      throw dmdr::FileError("sample: " + path + " is no ClassMlp: it has no matrix " + name);
    return found->second.shape;
  };
  Spec spec;
  spec.width = shape("in.weight")[0];
  spec.data_size = shape("in.weight")[1];
  spec.classes = shape("class.weight")[0] - 1;
  spec.blocks = 0;
  for (const auto& [name, tensor] : file.tensors) spec.blocks += name.ends_with(".w1.weight") ? 1 : 0;
  return spec;
}

[[nodiscard]] inline Network load_network(const Spec& spec, const dmdr::NamedTensors& tensors) {
  dmdr::Philox random(0);
  Network network(Backend{}, spec, random);
  dmdr::load_parameters(Backend{}, network.base(), tensors);
  return network;
}

}  // namespace sample
