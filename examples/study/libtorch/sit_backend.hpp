// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/shape.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/libtorch.hpp>
#include <dmdr/model/sit.hpp>

#include "images.hpp"

/// \file
/// What a `study_backend.hpp` over LibTorch begins with: a SiT in pixel space, convolutional classifiers.

namespace study {

using Backend = dmdr::LibTorch;
using Tensor = Backend::Tensor;
using Spec = dmdr::PixelSit;
using Network = dmdr::libtorch::SitNetwork;
using Classifier = dmdr::libtorch::ConvClassifier;
using ClassifierShape = dmdr::libtorch::ConvClassifierSettings;
using RewardModel = dmdr::libtorch::ClassMarginModel;
using dmdr::libtorch::class_margin;
using dmdr::libtorch::cross_entropy;

/// One thread for LibTorch's operators: arms are trained side by side instead, each on a thread of its own.
inline void prepare_process() { dmdr::libtorch::set_threads(1); }

[[nodiscard]] inline std::int64_t classes_of(const Spec& spec) { return spec.network.classes; }
[[nodiscard]] inline std::int64_t channels_of(const Spec& spec) { return spec.network.channels; }
/// What a sampler cannot read off the tensors of a saved network.
[[nodiscard]] inline dmdr::io::Metadata spec_metadata(const Spec& spec) {
  return {{"heads", std::to_string(spec.network.heads)}};
}
/// Images as the networks take them: `[rows, channels, side, side]`.
[[nodiscard]] inline dmdr::Shape batch_shape(std::int64_t rows, const Images& images) {
  const std::int64_t side = side_of(images);
  return {rows, images.channels, side, side};
}

}  // namespace study
