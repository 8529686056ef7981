// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Letters A to Z of font faces: reads the fonts that scripts/letters-data has fetched, keeps the faces that can be read, and writes their
// coverage masks as one safetensors file.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/progress.hpp>

#include "filter.hpp"
#include "font_file.hpp"
#include "output.hpp"
#include "packages.hpp"
#include "program.hpp"
#include "recogniser.hpp"
#include "settings.hpp"

namespace letters {
namespace {

struct Options {
  std::string packages = "examples/letters_data/packages.txt";
  std::string fonts = ".fonts";
  std::string output = "runs/letters-data/letters.safetensors";
};

/// Every face of the packages, in the order of the list, of paths and of indices. `files` receives how many files there are.
std::vector<Face> read_faces(const FontReader& reader, const std::vector<Package>& packages, const Options& options,
                             const Settings& settings, std::size_t& files, dmdr::Progress& progress) {
  std::vector<Face> faces;
  std::int64_t done = 0;
  for (const Package& package : packages) {
    for (const std::string& file : font_files(options.fonts, package)) {
      const std::string path = options.fonts + "/" + package.name + "/" + file;
      for (Face& face : reader.read(path, {.file = file, .package = package.name}, settings.render)) {
        if (face.verdict == Verdict::unreadable) progress.say("skipped: " + path + " cannot be read: " + face.reason);
        faces.push_back(std::move(face));
      }
      ++files;
    }
    progress.update("packages", ++done, static_cast<std::int64_t>(packages.size()));
  }
  progress.finish("packages");
  return faces;
}

/// Rejects the kept faces of which the cross-validation reads too few letters.
void filter_by_recognition(std::vector<Face>& faces, const Settings& settings, dmdr::Progress& progress) {
  if (settings.filter.min_recognised == 0) return;
  const std::vector<Half> folds = split_by_family(faces, settings.seed);
  const LetterMasks letters = gather(faces, folds);
  const auto right = recognised_letters(letters.masks, folds, settings.recogniser, settings.seed, progress);
  const std::vector<std::size_t> kept = kept_faces(faces);
  const double all = std::accumulate(right.begin(), right.end(), 0.0);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "the cross-validation reads %.1f %% of the letters of %zu faces rightly",
                100 * all / static_cast<double>(right.size() * letter_count), right.size());
  progress.say(text.data());
  for (std::size_t place = 0; place < kept.size(); ++place) {
    if (right[place] >= settings.filter.min_recognised) continue;
    faces[kept[place]].verdict = Verdict::not_recognised;
    faces[kept[place]].reason = std::to_string(right[place]) + " of 26 letters";
  }
}

void require_a_face(const std::vector<Face>& faces, std::size_t files, const Options& options) {
  if (files == 0) throw dmdr::FileError("letters: the packages in " + options.fonts + " hold no font file");
  if (kept_faces(faces).empty())
    throw dmdr::ConfigError("letters: no face is left after the filter:\n" + table_text(files, faces, {}));
}

/// Whether the output was made of the same packages by the same settings and libraries.
bool is_up_to_date(const std::string& path, const std::string& digest) {
  if (!std::filesystem::exists(path)) return false;
  try {
    const auto metadata = dmdr::io::read_safetensors(path).metadata;
    const auto found = metadata.find("inputs_digest");
    if (found != metadata.end() && found->second == digest) return true;
    std::printf("%s was made of other packages, settings or libraries: it is made again\n", path.c_str());
  } catch (const dmdr::FileError& error) {
    std::printf("%s is made again, because it cannot be read: %s\n", path.c_str(), error.what());
  }
  return false;
}

int run(const Options& options, const Settings& settings) {
  const auto start = std::chrono::steady_clock::now();
  dmdr::io::check_settings(settings);
  std::vector<Package> packages = read_package_list(options.packages);
  describe_packages(packages, options.fonts);
  const FontReader reader;
  const std::string stem = std::filesystem::path(options.output).replace_extension("").string();
  if (is_up_to_date(options.output, inputs_digest(settings, packages, reader.version()))) {
    std::printf("%s is up to date\n", options.output.c_str());
    return 0;
  }
  dmdr::Progress progress;
  std::size_t files = 0;
  std::vector<Face> faces = read_faces(reader, packages, options, settings, files, progress);
  filter_by_ink(faces, settings.filter);
  filter_duplicates(faces, settings.filter);
  require_a_face(faces, files, options);
  filter_by_recognition(faces, settings, progress);
  require_a_face(faces, files, options);

  const std::vector<Half> halves = split_by_family(faces, settings.seed);
  const LetterMasks letters = gather(faces, halves);
  if (letters.faces_of(Half::b).empty())
    throw dmdr::ConfigError("letters: all faces that are left are of one family, which cannot be split into halves:\n" +
                            table_text(files, faces, letters));
  dmdr::io::FileSystem& disk = dmdr::io::real_file_system();
  dmdr::io::make_directories(disk, dmdr::io::directory_of(options.output));
  dmdr::io::write_file_atomically(disk, stem + ".faces.tsv", face_list(faces, halves));
  write_sheet(stem + ".sheet.png", letters, settings.sheet_letters);
  write_painted(stem + ".painted.png", letters, settings.seed);
  // Last: where it is, the others are.
  const auto written = dmdr::io::write_safetensors(options.output, tensors_of(letters),
                                                   metadata_of(settings, packages, letters, reader.version()));
  std::printf("\n%s\n%zu packages, %.1f s; written: %s (%llu bytes), %s.{faces.tsv,sheet.png,painted.png}\n",
              table_text(files, faces, letters).c_str(), packages.size(),
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), options.output.c_str(),
              static_cast<unsigned long long>(written.bytes), stem.c_str());
  return 0;
}

}  // namespace
}  // namespace letters

int main(int argc, char** argv) {
  letters::Options options;
  CLI::App app{"Letters A to Z of font faces as coverage masks, in one safetensors file", "letters_data"};
  const study::SettingsOptions settings(app);
  app.add_option("--packages", options.packages, "list of packages, a name a line")->capture_default_str();
  app.add_option("--fonts", options.fonts, "folder of the unpacked packages")->capture_default_str();
  app.add_option("--output", options.output, "file of letters")->capture_default_str();
  return study::run_program(app, argc, argv,
                            [&] { return letters::run(options, settings.applied_to(letters::Settings{})); });
}
