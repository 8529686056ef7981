// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_network.hpp"

#include <dmdr/core/error.hpp>
#include <dmdr/io/safetensors.hpp>

#include "models.hpp"

namespace letters {
namespace {

/// What a sampler cannot read off the tensors.
dmdr::io::Metadata unread(const TextSpec& spec) {
  return {{"generator", TextSpec::name},
          {"heads", std::to_string(spec.network.heads)},
          {"text_heads", std::to_string(spec.network.text.heads)},
          {"vocabulary", spec.network.text.vocabulary}};
}

}  // namespace

dmdr::io::Metadata text_metadata(const study::Keeping& keeping, std::uint64_t seed, const TextSpec& spec,
                                 const std::string& kind) {
  dmdr::io::Metadata metadata = study::model_metadata(keeping, seed, kind);
  metadata.merge(unread(spec));
  return metadata;
}

TextNetwork load_text_network(const std::string& path, const TextSpec& spec) {
  const auto file = dmdr::io::read_safetensors(path);
  for (const auto& [key, expected] : unread(spec)) {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end() || found->second != expected)
      throw dmdr::FileError("letters_text: " + path + " says " + key + " " +
                            (found == file.metadata.end() ? "nothing" : "'" + found->second + "'") + ", expected '" +
                            expected + "'");
  }
  return TextNetwork::load(study::Backend{}, spec.network, file.tensors);
}

}  // namespace letters
