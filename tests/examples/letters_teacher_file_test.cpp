// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The teacher that the repository holds: a file of at most 4 MB whose recipe, figures and weights belong together.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include <dmdr/io/digest.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sit.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("the letters' teacher in the repository has the shapes of its network and the digest of its figures") {
  const std::string folder = DMDR_LETTERS_TEACHER_FOLDER;
  CHECK(std::filesystem::file_size(folder + "/teacher.safetensors") <= 4'000'000);
  const io::SafetensorsFile file = io::read_safetensors(folder + "/teacher.safetensors");
  const SitSettings network{
      .size = 32, .channels = 3, .patch = 4, .width = 128, .depth = 4, .heads = 4, .classes = 26, .frequencies = 64};
  const std::map<std::string, Shape> shapes = sit_parameters(network);
  REQUIRE(file.tensors.size() == shapes.size());
  for (const auto& [name, tensor] : file.tensors) {
    CAPTURE(name);
    REQUIRE(shapes.contains(name));
    CHECK(tensor.shape == shapes.at(name));
    CHECK(tensor.dtype == Dtype::bf16);
  }
  CHECK(file.metadata.at("heads") == "4");
  CHECK(file.metadata.at("settings_digest") == io::xxh3_128(file.metadata.at("settings")));

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
