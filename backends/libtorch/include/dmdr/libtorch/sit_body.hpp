// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <dmdr/core/random.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/diffusion/time.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/model/sit.hpp>

namespace dmdr::libtorch {

/// What SiTs share, whatever they are conditioned on: an image, a time and a vector of the condition in, a velocity out. The networks that have
/// one add what makes a vector of a class or of a prompt; its tensors lie in the same store.
///
/// A copy holds the same tensors.
struct SitBody {
  LibTorch backend;
  SitSettings settings;
  std::string name;  ///< of the network, in errors
  Parameters<at::Tensor> base{}, adapter{};
  bool merges_adapter = true;  ///< into weights, where nothing is recorded

  /// The velocity at `x` `[B, channels, size, size]`, as `x`; `condition` `[B, width]` is added to the embedding of the time.
  [[nodiscard]] at::Tensor velocity(const at::Tensor& x, const Times& times, const at::Tensor& condition,
                                    double scale) const;
  /// Throws `ShapeError` where x has another shape, `DeviceError` where it is not where the weights are.
  void check_input(const at::Tensor& x, Location where) const;

  // For whatever is computed from the store: `x` is [B, ..., in], `layer` the name of a linear layer.
  [[nodiscard]] at::Tensor linear(const at::Tensor& x, const std::string& layer, double scale = 0) const;
  /// Self-attention of x `[B, tokens, w]` by the layers `<block>attn.qkv` and `<block>attn.proj`.
  [[nodiscard]] at::Tensor attention(const at::Tensor& x, const std::string& block, std::int64_t heads,
                                     double scale = 0) const;
  /// `fc2 gelu(fc1 x)` by the layers `<block>mlp.fc1` and `<block>mlp.fc2`.
  [[nodiscard]] at::Tensor mlp(const at::Tensor& x, const std::string& block, double scale = 0) const;

  /// Empty tensors (on LibTorch's meta device) of these shapes; all but `pos_embed` require a gradient.
  void make_meta(const std::map<std::string, Shape>& shapes);
  /// New tensors by a SiT's rule: linear layers Xavier-uniform with zero bias, class table and time embedding normal with standard deviation
  /// .02, embeddings of words and places normal with .5, modulations and the last layer zero. Draws are the streams `<stream>/<name>`.
  void draw(const std::map<std::string, Shape>& shapes, const std::string& stream, RandomSource& random,
            Location where);
  /// Tensors of these shapes from a file's. Throws `FileError` naming all that does not fit.
  void load(const std::map<std::string, Shape>& shapes, const NamedTensors& named, Location where);

  [[nodiscard]] SitBody clone() const;
  /// Over the same base, which no gradient reaches there, with a new adapter whose contribution is zero.
  [[nodiscard]] SitBody share(RandomSource& random, const SitAdapter& form, const std::string& stream) const;

 private:
  [[nodiscard]] at::Tensor embedded_times(const Times& times) const;
  [[nodiscard]] at::Tensor patches(const at::Tensor& x) const;
  [[nodiscard]] at::Tensor image(const at::Tensor& tokens) const;
  [[nodiscard]] at::Tensor block(const at::Tensor& x, const at::Tensor& condition, const std::string& prefix,
                                 double scale) const;
};

}  // namespace dmdr::libtorch
