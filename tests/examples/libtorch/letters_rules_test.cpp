// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The program letters_rules, from its command line.

#include <regex>
#include <string>
#include <vector>

#include <dmdr/io/safetensors.hpp>

#include "examples/sheared_letters.hpp"
#include "support/child.hpp"
#include "support/libtorch_catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Two halves of all styles each.
std::string written(const TemporaryDirectory& directory) {
  const letters::LetterMasks masks = styled_letters();
  const std::string path = directory / "letters.safetensors";
  io::write_safetensors(path, letters::tensors_of(masks), {{"faces", letters::face_names_json(masks.names)}});
  return path;
}

Ended run(const std::string& letters, const std::vector<std::string>& settings) {
  std::vector<std::string> arguments{"--letters", letters};
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  return run_program(DMDR_LETTERS_RULES, arguments);
}

}  // namespace

TEST_CASE("letters_rules prints how often each rule holds, from one half of the families for the other") {
  const TemporaryDirectory directory;
  const Ended ended = run(written(directory), {"pictures=300", "noise=0.05", "reader.updates=3", "reader.batch=4",
                                               "reader.widths=[4, 4]", "captions.silence=0"});
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  CHECK_THAT(ended.output, ContainsSubstring("letters of half A"));
  CHECK_THAT(ended.output, ContainsSubstring("4 faces: regular 2, bold 2 of 4 whose font says either; upright 2, "
                                             "italic 2 of 4; sans 0, serif 0"));
  // Made letters are what their fonts say: every rule is right of the own caption and of the wrong one.
  for (const char* const rule : {"ink", "paper", "slant", "weight"})
    CHECK(std::regex_search(ended.output, std::regex(std::string(rule) + " +300 +1\\.0000 +1\\.0000 +0\\.0000\n")));
  CHECK(std::regex_search(ended.output, std::regex("letter +300 +0\\.\\d{4}")));
}

TEST_CASE("letters_rules refuses a file that is not there, faces of one style and unknown settings") {
  const TemporaryDirectory directory;
  CHECK(run(directory / "none", {}).code == 4);
  letters::LetterMasks masks = styled_letters();
  for (letters::FaceStyle& style : masks.styles) style.italic = 0;
  const std::string path = directory / "upright.safetensors";
  io::write_safetensors(path, letters::tensors_of(masks), {{"faces", letters::face_names_json(masks.names)}});
  const Ended upright = run(path, {});
  CHECK(upright.code == 4);
  CHECK_THAT(upright.output, ContainsSubstring("there is no bound for italic: 0 faces are so and 4 are not"));
  const Ended unknown = run(path, {"rules.inc=2"});
  CHECK(unknown.code == 4);
  CHECK_THAT(unknown.output, ContainsSubstring("rules.ink"));
}
