// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The teachers that the repository holds: files of at most 4 MB whose recipe, figures and weights belong together.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include <dmdr/io/digest.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sit.hpp>
#include <dmdr/model/text_sit.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

const std::string folder = DMDR_LETTERS_TEACHER_FOLDER;

/// A teacher's file, after a look at its size, shapes and digest.
io::SafetensorsFile checked_teacher(const std::string& path, const std::map<std::string, Shape>& shapes) {
  CHECK(std::filesystem::file_size(path) <= 4'000'000);
  io::SafetensorsFile file = io::read_safetensors(path);
  REQUIRE(file.tensors.size() == shapes.size());
  for (const auto& [name, tensor] : file.tensors) {
    CAPTURE(name);
    REQUIRE(shapes.contains(name));
    CHECK(tensor.shape == shapes.at(name));
    CHECK(tensor.dtype == Dtype::bf16);
  }
  CHECK(file.metadata.at("heads") == "4");
  CHECK(file.metadata.at("settings_digest") == io::xxh3_128(file.metadata.at("settings")));
  return file;
}

}  // namespace

TEST_CASE("the letters' teacher in the repository has the shapes of its network and the digest of its figures") {
  const SitSettings network{
      .size = 32, .channels = 3, .patch = 4, .width = 128, .depth = 4, .heads = 4, .classes = 26, .frequencies = 64};
  const io::SafetensorsFile file = checked_teacher(folder + "/teacher.safetensors", sit_parameters(network));

  std::ifstream stream(folder + "/teacher.json");
  const auto report = nlohmann::json::parse(stream);
  CHECK(report.at("settings_digest") == file.metadata.at("settings_digest"));
  CHECK(report.at("curve").back().at("update") == report.at("updates"));
  // What the students start from, and what the page says of it.
  double best = 0;
  for (const auto& row : report.at("figures"))
    if (row.at("name") != "real") best = std::max(best, row.at("accuracy").get<double>());
  CHECK(best >= 0.97);
}

TEST_CASE("so has the text-conditioned one, whose pictures obey their captions' rules") {
  const std::string vocabulary = io::read_safetensors(folder + "/text_teacher.safetensors").metadata.at("vocabulary");
  const TextSitSettings network{.size = 32,
                                .channels = 3,
                                .patch = 4,
                                .width = 128,
                                .depth = 4,
                                .heads = 4,
                                .frequencies = 64,
                                .text = {.vocabulary = vocabulary}};
  const io::SafetensorsFile file = checked_teacher(folder + "/text_teacher.safetensors", text_sit_parameters(network));
  std::ifstream stream(folder + "/text_teacher.jsonl");
  nlohmann::json last;
  int points = 0;
  for (std::string line; std::getline(stream, line); ++points) last = nlohmann::json::parse(line);
  CHECK(points == 16);
  CHECK(file.metadata.at("settings").find("updates = " + std::to_string(last.at("step").get<int>())) !=
        std::string::npos);
  CHECK(last.at("held_out_rules") >= 0.95);
  CHECK(last.at("letter") >= 0.96);
}
