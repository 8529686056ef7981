// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/libtorch/text_sit.hpp>
#include <dmdr/model/text_sit.hpp>

#include "kept_training.hpp"

namespace letters {

using TextSpec = dmdr::PixelTextSit;
using TextNetwork = dmdr::libtorch::TextSitNetwork;

/// What is written beside the weights of a text-conditioned network: also what one cannot read off them.
[[nodiscard]] dmdr::io::Metadata text_metadata(const study::Keeping& keeping, std::uint64_t seed, const TextSpec& spec,
                                               const std::string& kind);

/// A network from its file. Throws `FileError` where that is of another generator, was made with other heads or words, or has other tensors
/// than the settings say.
[[nodiscard]] TextNetwork load_text_network(const std::string& path, const TextSpec& spec);

}  // namespace letters
