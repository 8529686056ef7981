// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters_study.hpp"

#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/safetensors.hpp>

namespace letters {

study::Images images_of(const LetterMasks& masks, const std::vector<LetterDraw>& draws) {
  const std::vector<float> pixels = paint(masks, draws).as<float>();
  return {{pixels.begin(), pixels.end()}, labels_of(draws), 3 * mask_size, 3};
}

study::Source painted(const LetterMasks& masks, std::vector<std::int64_t> faces, const PaintSettings& settings) {
  return [&masks, faces = std::move(faces), settings](dmdr::RandomSource& random, const char* stream,
                                                      std::uint64_t step, std::int64_t batch) {
    return images_of(masks, draw_letters(faces, random, stream, step, batch, settings));
  };
}

study::Images paintings(const LetterMasks& masks, const std::vector<std::int64_t>& faces, std::int64_t count,
                        std::uint64_t seed, const PaintSettings& settings) {
  dmdr::Philox random(seed);
  return images_of(masks,
                   draw_letters(faces, study::cycled_labels(count, letter_count), random, "paintings", 0, settings));
}

study::Data study_data(const LetterMasks& masks, std::int64_t checks, std::uint64_t seed,
                       const PaintSettings& settings) {
  const std::vector<std::int64_t> a = masks.faces_of(Half::a), b = masks.faces_of(Half::b);
  return {painted(masks, masks.faces_of(Half::both), settings), painted(masks, a, settings),
          painted(masks, b, settings), paintings(masks, b, checks, seed + 11, settings),
          paintings(masks, a, checks, seed + 12, settings)};
}

study::Network load_class_network(const std::string& path, const dmdr::SitSettings& network) {
  return load_class_network(dmdr::io::read_safetensors(path), path, network);
}

study::Network load_class_network(const dmdr::io::SafetensorsFile& file, const std::string& path,
                                  const dmdr::SitSettings& network) {
  const auto said = [&](const char* key, const std::string& expected) {
    const auto found = file.metadata.find(key);
    if (found != file.metadata.end() && found->second != expected)
      throw dmdr::FileError("letters: " + path + " says " + key + " " + found->second + ", expected " + expected);
  };
  said("generator", study::Spec::name);
  said("heads", std::to_string(network.heads));
  return study::Network::load(study::Backend{}, network, file.tensors);
}

}  // namespace letters
