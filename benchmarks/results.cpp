// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "results.hpp"

#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include <dmdr/io/atomic_write.hpp>

namespace bench {

void Results::write(const std::string& path) const {
  using Json = nlohmann::ordered_json;
  Json all;
  const auto place = [&](const std::string& name) -> Json& { return all[Json::json_pointer("/" + name)]; };
  for (const auto& [name, text] : texts_) place(name) = text;
  for (const auto& [name, spread] : spreads_)
    place(name) = {{"median", spread.median}, {"lower_quartile", spread.lower}, {"upper_quartile", spread.upper}};
  for (const auto& [name, number] : numbers_) place(name) = number;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(), path, all.dump(2) + "\n");
}

std::string text_of(const Spread& spread) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f (%.2f-%.2f)", spread.median, spread.lower, spread.upper);
  return text;
}

}  // namespace bench
