// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/tiny_font.hpp"
#include "unit/io/temporary_directory.hpp"

namespace dmdr::test {

/// A folder of unpacked packages as scripts/letters-data leaves it, and its list.
class MadeFonts {
 public:
  void add(const std::string& package, const std::string& file, const std::string& bytes) {
    const std::string folder = place(package);
    if (!std::filesystem::exists(folder)) {
      std::filesystem::create_directories(folder + "/usr/share/fonts");
      spill(folder + "/version", "1.0-" + std::to_string(names_.size()) + "\n");
      names_.push_back(package);
    }
    spill(folder + "/usr/share/fonts/" + file, bytes);
  }
  void copyright(const std::string& package, const std::string& text) {
    const std::string folder = place(package) + "/usr/share/doc/" + package;
    std::filesystem::create_directories(folder);
    spill(folder + "/copyright", text);
  }
  [[nodiscard]] std::string place(const std::string& package) const { return directory / ("fonts/" + package); }
  [[nodiscard]] std::string output() const { return directory / "out/letters.safetensors"; }

  [[nodiscard]] Ended run(const std::vector<std::string>& settings = {}, const std::string& output = "",
                          const std::function<void()>& prepare = {}) const {
    std::string list = "# names\n";
    for (const std::string& name : names_) list += name + "  # made up\n";
    spill(directory / "packages.txt", list);
    std::vector<std::string> arguments{"--packages", directory / "packages.txt",
                                       "--fonts",    directory / "fonts",
                                       "--output",   output.empty() ? this->output() : output};
    for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    return run_program(DMDR_LETTERS_DATA, arguments, prepare);
  }

  TemporaryDirectory directory;

 private:
  std::vector<std::string> names_;
};

inline const std::vector<std::string> no_recogniser{"filter.min_recognised=0"};

/// Two families of two faces each, in two packages.
inline void add_good_fonts(MadeFonts& fonts) {
  fonts.add("fonts-one", "One-Regular.ttf", bytes_of({.family = "One"}));
  fonts.add("fonts-one", "One-Italic.ttf",
            bytes_of({.family = "One", .style = "Italic", .slant = 0.3, .weight_class = 300, .italic = true}));
  fonts.add("fonts-two", "Two.ttf", bytes_of({.family = "Two Wide", .cell_width = 130, .panose = {2, 11, 5}}));
  fonts.add("fonts-two", "Two-Bold.ttf",
            bytes_of({.family = "Two",
                      .style = "Bold",
                      .cell_width = 75,
                      .slant = -0.2,
                      .weight_class = 28926,
                      .bold = true,
                      .panose = {2, 4, 5}}));
}

}  // namespace dmdr::test
