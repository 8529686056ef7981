// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_masks.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/safetensors.hpp>

namespace letters {
namespace {

using Json = nlohmann::ordered_json;

struct ByteStyle {
  const char* name;
  std::uint8_t FaceStyle::*member;
};
constexpr std::array<ByteStyle, 4> byte_styles{{{"bold", &FaceStyle::bold},
                                                {"italic", &FaceStyle::italic},
                                                {"serif", &FaceStyle::serif},
                                                {"monospace", &FaceStyle::monospace}}};

/// What is wrong with a file, a line each.
using Faults = std::vector<std::string>;

/// The elements of tensor `name`, or nothing and a fault. `faces` is the first extent, where it is known.
template <class T>
std::optional<std::vector<T>> elements(const dmdr::NamedTensors& tensors, const std::string& name,
                                       const dmdr::Shape& expected, Faults& faults) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) {
    faults.push_back("there is no tensor '" + name + "'");
    return std::nullopt;
  }
  const dmdr::HostTensor& tensor = found->second;
  if (tensor.dtype != dmdr::dtype_v<T> || !(tensor.shape == expected)) {
    faults.push_back("'" + name + "' is " + std::string(dmdr::name_of(tensor.dtype)) + " " + tensor.shape.str() +
                     ", expected " + std::string(dmdr::name_of(dmdr::dtype_v<T>)) + " " + expected.str());
    return std::nullopt;
  }
  return tensor.as<T>();
}

void check_masks(const LetterMasks& letters, Faults& faults) {
  for (std::int64_t face = 0; face < letters.faces(); ++face)
    for (std::int64_t letter = 0; letter < letter_count; ++letter) {
      const auto mask = letters.mask(face, letter);
      if (std::any_of(mask.begin(), mask.end(), [](std::uint8_t x) { return x > 0; })) continue;
      faults.push_back("the mask of letter " + std::string(1, static_cast<char>('A' + letter)) + " of face " +
                       std::to_string(face) + " is empty");
      return;
    }
}

void read_halves(const std::vector<std::uint8_t>& stored, LetterMasks& letters, Faults& faults) {
  std::array<std::int64_t, 2> counts{};
  for (std::size_t face = 0; face < stored.size(); ++face) {
    if (stored[face] > 1) {
      faults.push_back("'half' of face " + std::to_string(face) + " is " + std::to_string(stored[face]) +
                       ", expected 0 or 1");
      return;
    }
    ++counts[stored[face]];
    letters.half.push_back(static_cast<Half>(stored[face]));
  }
  for (const std::size_t half : {0U, 1U})
    if (counts[half] == 0) faults.push_back(std::string("half ") + (half == 0 ? "A" : "B") + " has no face");
}

void read_styles(const dmdr::NamedTensors& tensors, std::int64_t faces, LetterMasks& letters, Faults& faults) {
  letters.styles.resize(static_cast<std::size_t>(faces));
  if (const auto weights = elements<std::int32_t>(tensors, "weight_class", {faces}, faults))
    for (std::size_t i = 0; i < letters.styles.size(); ++i) letters.styles[i].weight_class = (*weights)[i];
  for (const ByteStyle& style : byte_styles)
    if (const auto values = elements<std::uint8_t>(tensors, style.name, {faces}, faults))
      for (std::size_t i = 0; i < letters.styles.size(); ++i) {
        const std::uint8_t value = (*values)[i];
        if (value > 1 && value != FaceStyle::unknown) {
          faults.push_back("'" + std::string(style.name) + "' of face " + std::to_string(i) + " is " +
                           std::to_string(value) + ", expected 0, 1 or 255 (unknown)");
          break;
        }
        letters.styles[i].*style.member = value;
      }
}

void read_names(const dmdr::io::Metadata& metadata, std::int64_t faces, LetterMasks& letters, Faults& faults) {
  const auto found = metadata.find("faces");
  if (found == metadata.end()) {
    faults.emplace_back("there is no metadatum 'faces'");
    return;
  }
  const Json list = Json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) {
    faults.emplace_back("the metadatum 'faces' is no JSON list");
    return;
  }
  if (list.size() != static_cast<std::size_t>(faces))
    faults.push_back("the metadatum 'faces' names " + std::to_string(list.size()) + " faces, the masks are of " +
                     std::to_string(faces));
  for (const Json& entry : list) {
    std::array<std::string, 4> texts;
    const std::array<const char*, 4> keys{"file", "family", "style", "package"};
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (!entry.is_object() || !entry.contains(keys[k]) || !entry[keys[k]].is_string()) {
        faults.push_back("entry " + std::to_string(letters.names.size()) + " of the metadatum 'faces' has no text '" +
                         keys[k] + "'");
        return;
      }
      texts[k] = entry[keys[k]].get<std::string>();
    }
    letters.names.push_back({texts[0], texts[1], texts[2], texts[3]});
  }
}

}  // namespace

std::vector<std::int64_t> LetterMasks::faces_of(Half wanted) const {
  std::vector<std::int64_t> found;
  for (std::int64_t face = 0; face < faces(); ++face)
    if (wanted == Half::both || half[static_cast<std::size_t>(face)] == wanted) found.push_back(face);
  return found;
}

std::span<const std::uint8_t> LetterMasks::mask(std::int64_t face, std::int64_t letter) const {
  return std::span(masks).subspan(static_cast<std::size_t>(face * face_size + letter * mask_size), mask_size);
}

dmdr::NamedTensors tensors_of(const LetterMasks& letters) {
  const std::int64_t faces = letters.faces();
  dmdr::NamedTensors tensors;
  tensors.emplace("masks", dmdr::HostTensor::from<std::uint8_t>({faces, letter_count, side, side}, letters.masks));
  std::vector<std::uint8_t> bytes;
  for (const Half half : letters.half) bytes.push_back(static_cast<std::uint8_t>(half));
  tensors.emplace("half", dmdr::HostTensor::from<std::uint8_t>({faces}, bytes));
  std::vector<std::int32_t> weights;
  for (const FaceStyle& style : letters.styles) weights.push_back(style.weight_class);
  tensors.emplace("weight_class", dmdr::HostTensor::from<std::int32_t>({faces}, weights));
  for (const ByteStyle& style : byte_styles) {
    bytes.clear();
    for (const FaceStyle& face : letters.styles) bytes.push_back(face.*style.member);
    tensors.emplace(style.name, dmdr::HostTensor::from<std::uint8_t>({faces}, bytes));
  }
  return tensors;
}

std::string face_names_json(const std::vector<FaceName>& names) {
  Json list = Json::array();
  for (const FaceName& name : names)
    list.push_back({{"file", name.file}, {"family", name.family}, {"style", name.style}, {"package", name.package}});
  // A font may call itself anything: what is not UTF-8 is replaced.
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

LetterMasks load_letters(const std::string& path, dmdr::Location where) {
  const dmdr::io::SafetensorsFile file = dmdr::io::read_safetensors(path, dmdr::io::real_file_system(), where);
  LetterMasks letters;
  Faults faults;
  const auto found = file.tensors.find("masks");
  const std::int64_t faces = found != file.tensors.end() && found->second.shape.rank() > 0 ? found->second.shape[0] : 0;
  auto masks = elements<std::uint8_t>(file.tensors, "masks", {faces, letter_count, side, side}, faults);
  if (masks && faces == 0) faults.emplace_back("'masks' holds no face");
  if (const auto halves = elements<std::uint8_t>(file.tensors, "half", {faces}, faults))
    read_halves(*halves, letters, faults);
  if (masks && letters.faces() == faces) {
    letters.masks = std::move(*masks);
    check_masks(letters, faults);
  }
  read_styles(file.tensors, faces, letters, faults);
  read_names(file.metadata, faces, letters, faults);
  if (!faults.empty()) {
    std::string text = "letters: " + path + " is no file of letters as scripts/letters-data writes it:";
    for (const std::string& fault : faults) text += "\n  " + fault;
    throw dmdr::FileError(text, where);
  }
  return letters;
}

}  // namespace letters
