// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_masks.hpp"

#include <functional>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/io/safetensors.hpp>

#include "examples/made_letters.hpp"
#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The text of the error of a file that was spoilt, or nothing.
std::string fault_of(const std::function<void(NamedTensors&, io::Metadata&)>& spoil) {
  const TemporaryDirectory directory;
  const letters::LetterMasks made = made_letters();
  NamedTensors tensors = letters::tensors_of(made);
  io::Metadata metadata{{"faces", letters::face_names_json(made.names)}};
  spoil(tensors, metadata);
  io::write_safetensors(directory / "letters.safetensors", tensors, metadata);
  try {
    (void)letters::load_letters(directory / "letters.safetensors");
    return "";
  } catch (const FileError& error) {
    return error.what();
  }
}

template <class T>
HostTensor tensor(const Shape& shape, T value) {
  return HostTensor::from<T>(shape, std::vector<T>(static_cast<std::size_t>(shape.numel()), value));
}

}  // namespace

TEST_CASE("what was written is read back") {
  const TemporaryDirectory directory;
  letters::LetterMasks made = made_letters();
  made.names[1].style = "Schr\xc3\xa4g \"fett\"";
  made.styles[2] = {.weight_class = 0, .bold = 1, .italic = letters::FaceStyle::unknown, .serif = 1, .monospace = 0};
  const std::string path = directory / "letters.safetensors";
  io::write_safetensors(path, letters::tensors_of(made), {{"faces", letters::face_names_json(made.names)}});
  const letters::LetterMasks read = letters::load_letters(path);
  CHECK(read.masks == made.masks);
  CHECK(read.half == made.half);
  CHECK(read.styles == made.styles);
  CHECK(read.names == made.names);
  CHECK(read.faces() == 6);
}

TEST_CASE("the faces of a half are those of its families, and both halves are all") {
  const letters::LetterMasks made = made_letters(5);
  CHECK(made.faces_of(letters::Half::a) == std::vector<std::int64_t>{0, 2, 4});
  CHECK(made.faces_of(letters::Half::b) == std::vector<std::int64_t>{1, 3});
  CHECK(made.faces_of(letters::Half::both) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("a mask is that of its face and letter") {
  const letters::LetterMasks made = made_letters();
  const auto mask = made.mask(3, 7);
  REQUIRE(mask.size() == 1024);
  CHECK(mask[0] == 255 - 35);
  CHECK(mask[7 * 32 + 3] == 255 - 35);
  CHECK(mask[7 * 32 + 4] == 0);
  CHECK(mask[8 * 32 + 3] == 0);
}

TEST_CASE("a name that is not UTF-8 still gives a list that can be read") {
  const TemporaryDirectory directory;
  letters::LetterMasks made = made_letters(2);
  made.names[0].family = "\xff\xfe";
  io::write_safetensors(directory / "x", letters::tensors_of(made), {{"faces", letters::face_names_json(made.names)}});
  CHECK(letters::load_letters(directory / "x").names[0].family == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("one error lists everything that is wrong with a file") {
  const std::string text = fault_of([](NamedTensors& tensors, io::Metadata& metadata) {
    tensors.erase("serif");
    tensors["bold"] = tensor<std::uint8_t>({6}, 7);
    tensors["weight_class"] = tensor<float>({6}, 400);
    tensors["half"] = tensor<std::uint8_t>({6}, 0);
    metadata["faces"] = "[]";
  });
  CHECK_THAT(text, ContainsSubstring("there is no tensor 'serif'"));
  CHECK_THAT(text, ContainsSubstring("'bold' of face 0 is 7, expected 0, 1 or 255 (unknown)"));
  CHECK_THAT(text, ContainsSubstring("'weight_class' is float32 [6], expected int32 [6]"));
  CHECK_THAT(text, ContainsSubstring("half B has no face"));
  CHECK_THAT(text, ContainsSubstring("names 0 faces, the masks are of 6"));
  CHECK_THAT(text, ContainsSubstring("letter_masks_test.cpp"));
}

TEST_CASE("files that hold something else are refused") {
  using Spoil = std::function<void(NamedTensors&, io::Metadata&)>;
  const std::vector<std::pair<Spoil, std::string>> cases{
      {[](auto& t, auto&) { t.erase("masks"); }, "there is no tensor 'masks'"},
      {[](auto& t, auto&) {
         t["masks"] = tensor<std::uint8_t>({6, 26, 28, 28}, 1);
       },
       "'masks' is uint8 [6, 26, 28, 28], expected uint8 [6, 26, 32, 32]"},
      {[](auto& t, auto&) {
         t["masks"] = tensor<float>({6, 26, 32, 32}, 1);
       },
       "'masks' is float32"},
      {[](auto& t, auto&) { t["masks"] = tensor<std::uint8_t>({}, 1); }, "'masks' is uint8 []"},
      {[](auto& t, auto&) {
         t["masks"] = tensor<std::uint8_t>({0, 26, 32, 32}, 1);
       },
       "'masks' holds no face"},
      {[](auto& t, auto&) {
         t["masks"] = tensor<std::uint8_t>({6, 26, 32, 32}, 0);
       },
       "the mask of letter A of face 0 is empty"},
      {[](auto& t, auto&) { t["half"] = tensor<std::uint8_t>({6}, 2); }, "'half' of face 0 is 2"},
      {[](auto& t, auto&) { t["half"] = tensor<std::uint8_t>({5}, 0); }, "'half' is uint8 [5], expected uint8 [6]"},
      {[](auto&, auto& m) { m.erase("faces"); }, "there is no metadatum 'faces'"},
      {[](auto&, auto& m) { m["faces"] = "{"; }, "'faces' is no JSON list"},
      {[](auto&, auto& m) { m["faces"] = R"([{"file": 1}])"; }, "has no text 'file'"},
      {[](auto&, auto& m) { m["faces"] = "[3, 4]"; }, "entry 0 of the metadatum 'faces' has no text 'file'"}};
  for (const auto& [spoil, sentence] : cases) CHECK_THAT(fault_of(spoil), ContainsSubstring(sentence));
}

TEST_CASE("a file that is missing or no safetensors file is refused") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(letters::load_letters(directory / "none"), FileError);
  spill(directory / "text", "letters");
  CHECK_THROWS_AS(letters::load_letters(directory / "text"), FileError);
}
