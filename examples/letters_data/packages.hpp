// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace letters {

/// A Debian package of fonts.
struct Package {
  std::string name;
  std::string note;     ///< what the list says about its licence
  std::string version;  ///< of what was unpacked
  std::string licence;  ///< by its copyright file
};

/// Reads the list of packages: a name a line, `#` and what follows is a note. Throws one `FileError` with a line for every line that names
/// no package or one twice, and where the list is empty or cannot be read.
[[nodiscard]] std::vector<Package> read_package_list(const std::string& path);

/// Fills in versions and licences of packages that are unpacked in `fonts/<name>/`, as `scripts/letters-data` leaves them.
/// Throws one `FileError` that names all that are missing, or where there is no such folder.
void describe_packages(std::vector<Package>& packages, const std::string& fonts);

/// The short names of the licences in a copyright file of Debian's machine-readable form
/// (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/), of all files but those below debian/, joined by `; `. Empty where
/// the file has another form.
[[nodiscard]] std::string licences_of(const std::string& copyright);

/// Paths of the font files of a package, relative to its folder and sorted: what ends in a name of an outline format that FreeType knows.
/// Links are not followed: they lead to files that are found anyway, or out of the folder.
[[nodiscard]] std::vector<std::string> font_files(const std::string& fonts, const Package& package);

}  // namespace letters
