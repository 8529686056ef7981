// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "packages.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

#include <dmdr/core/error.hpp>
#include <dmdr/io/file.hpp>

namespace letters {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_text = std::uint64_t{16} << 20U;
constexpr std::array<std::string_view, 10> endings{".ttf", ".otf", ".ttc",   ".otc",  ".pfa",
                                                   ".pfb", ".cff", ".dfont", ".woff", ".woff2"};

std::string read_text(const std::string& path, const std::string& operation) {
  const auto bytes = dmdr::io::read_file(dmdr::io::real_file_system(), path, most_text, operation);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Debian policy, 5.6.7: lower-case letters, digits, `+`, `-` and `.`, at least two of them, beginning with a letter or digit.
bool is_package_name(const std::string& name) {
  return name.size() >= 2 && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string::npos &&
         std::isalnum(static_cast<unsigned char>(name[0])) != 0;
}

/// Whether a `Files:` field names files of Debian's packaging only.
bool is_packaging(const std::string& patterns) {
  std::istringstream words(patterns);
  bool all = true;
  for (std::string word; words >> word;) all = all && word.starts_with("debian/");
  return all;
}

}  // namespace

std::vector<Package> read_package_list(const std::string& path) {
  std::istringstream lines(read_text(path, "read list of packages"));
  std::vector<Package> packages;
  std::string faults, line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::size_t hash = line.find('#');
    const std::string name = trimmed(line.substr(0, hash));
    if (name.empty()) continue;
    const auto fault = [&](const std::string& what) {
      faults += "\n  " + path + ":" + std::to_string(number) + ": " + what;
    };
    if (!is_package_name(name))
      fault("'" + name + "' is no name of a package");
    else if (std::any_of(packages.begin(), packages.end(), [&](const Package& p) { return p.name == name; }))
      fault(name + " is named twice");
    else
      packages.push_back({.name = name,
                          .note = hash == std::string::npos ? "" : trimmed(line.substr(hash + 1)),
                          .version = {},
                          .licence = {}});
  }
  if (!faults.empty()) throw dmdr::FileError("read list of packages: " + path + " is not in order:" + faults);
  if (packages.empty()) throw dmdr::FileError("read list of packages: " + path + " names no package");
  return packages;
}

std::string licences_of(const std::string& copyright) {
  std::istringstream lines(copyright);
  std::vector<std::string> found;
  std::string line, field, files, licence;
  bool readable = false, has_files = false;
  const auto end_paragraph = [&] {
    if (has_files && !licence.empty() && !is_packaging(files) &&
        std::find(found.begin(), found.end(), licence) == found.end())
      found.push_back(licence);
    files.clear();
    licence.clear();
    has_files = false;
    field.clear();
  };
  while (std::getline(lines, line)) {
    if (trimmed(line).empty()) {
      end_paragraph();
    } else if (line[0] == ' ' || line[0] == '\t') {
      if (field == "files") files += line;
    } else if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
      field = lower(line.substr(0, colon));
      const std::string value = trimmed(line.substr(colon + 1));
      readable = readable || field == "format";
      if (field == "files") {
        files = value;
        has_files = true;
      } else if (field == "license") {
        licence = value;
      }
    }
  }
  end_paragraph();
  std::string joined;
  for (const std::string& one : found) joined += (joined.empty() ? "" : "; ") + one;
  return readable ? joined : "";
}

void describe_packages(std::vector<Package>& packages, const std::string& fonts) {
  std::error_code error;
  if (!fs::is_directory(fonts, error))
    throw dmdr::FileError("letters: there is no folder " + fonts + "; scripts/letters-data fetches the fonts");
  std::string missing;
  for (const Package& package : packages)
    if (!fs::is_regular_file(fs::path(fonts) / package.name / "version", error)) missing += " " + package.name;
  if (!missing.empty())
    throw dmdr::FileError("letters: these packages are not in " + fonts +
                          ", scripts/letters-data fetches them:" + missing);
  for (Package& package : packages) {
    const std::string folder = fonts + "/" + package.name;
    package.version = trimmed(read_text(folder + "/version", "read version of a package"));
    const std::string copyright = folder + "/usr/share/doc/" + package.name + "/copyright";
    if (fs::is_regular_file(copyright, error))
      package.licence = licences_of(read_text(copyright, "read licence of a package"));
    if (package.licence.empty())
      package.licence = (package.note.empty() ? "unknown" : package.note) +
                        " (by the list; its copyright file is not machine-readable)";
  }
}

std::vector<std::string> font_files(const std::string& fonts, const Package& package) {
  const fs::path folder = fs::path(fonts) / package.name;
  std::vector<std::string> found;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_symlink() || !entry.is_regular_file()) continue;
      const std::string ending = lower(entry.path().extension().string());
      if (std::find(endings.begin(), endings.end(), ending) != endings.end())
        found.push_back(entry.path().lexically_relative(folder).generic_string());
    }
  } catch (const fs::filesystem_error& fault) {
    throw dmdr::FileError("letters: the folder of package " + package.name + " cannot be read: " + fault.what());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace letters
