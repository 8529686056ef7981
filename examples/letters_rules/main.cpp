// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// How often the rules of the reward `LetterRules` are right on real letters: bounds and classifier from one half of the families, figures from
// the other.

#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/io/config.hpp>
#include <dmdr/train/progress.hpp>

#include "figures.hpp"
#include "letters/letter_masks.hpp"
#include "letters/letter_shape.hpp"
#include "program.hpp"
#include "reader.hpp"
#include "settings.hpp"

namespace letters {
namespace {

/// How many of these faces state each word, and how many fonts say more than their letters bear out.
void print_words(std::span<const CaptionStyle> styles, const LetterMasks& masks, std::span<const std::int64_t> faces) {
  int regular = 0, bold = 0, upright = 0, italic = 0, sans = 0, serif = 0, weights = 0, slants = 0;
  for (const std::int64_t face : faces) {
    const CaptionStyle& style = styles[static_cast<std::size_t>(face)];
    const FaceStyle& font = masks.styles[static_cast<std::size_t>(face)];
    regular += style.weight == Weight::regular ? 1 : 0;
    bold += style.weight == Weight::bold ? 1 : 0;
    upright += style.slant == Slant::upright ? 1 : 0;
    italic += style.slant == Slant::italic ? 1 : 0;
    sans += style.serifs == Serifs::sans ? 1 : 0;
    serif += style.serifs == Serifs::serif ? 1 : 0;
    weights += font.weight_class >= 400 ? 1 : 0;
    slants += font.italic != FaceStyle::unknown ? 1 : 0;
  }
  std::printf(
      "%zu faces: regular %d, bold %d of %d whose font says either; upright %d, italic %d of %d; sans %d, serif %d\n",
      faces.size(), regular, bold, weights, upright, italic, slants, sans, serif);
}

int run(const std::string& path, const Settings& settings) {
  dmdr::io::check_settings(settings);
  const LetterMasks masks = load_letters(path);
  dmdr::libtorch::set_threads(1);
  dmdr::libtorch::set_deterministic(true);
  for (const auto& [learned, judged] : {std::pair{Half::a, Half::b}, std::pair{Half::b, Half::a}}) {
    const std::vector<std::int64_t> train = masks.faces_of(learned), test = masks.faces_of(judged);
    const ShapeBounds bounds = fit_shape_bounds(masks, train);
    const std::vector<CaptionStyle> styles = stated_styles(masks, bounds);
    dmdr::Philox random(settings.seed);
    dmdr::Progress progress;
    const auto reader = trained_reader(masks, styles, train, settings, random, progress);
    const LetterRulesModel model(dmdr::LibTorch{}, reader, bounds, settings.rules);
    std::printf("\nbounds of half %s (faces: slant %.3f, stroke %.2f pixels), letters of half %s\n",
                learned == Half::a ? "A" : "B", bounds.face.slant, bounds.face.stroke, judged == Half::a ? "A" : "B");
    print_words(styles, masks, test);
    std::printf("%s", text_of(figures_of(model, masks, styles, test, settings, random)).c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace letters

int main(int argc, char** argv) {
  std::string path = "runs/letters-data/letters.safetensors";
  CLI::App app{"How often the rules of the reward LetterRules are right on real letters", "letters_rules"};
  const study::SettingsOptions settings(app);
  app.add_option("--letters", path, "the file that scripts/letters-data makes")->capture_default_str();
  return study::run_program(app, argc, argv,
                            [&] { return letters::run(path, settings.applied_to(letters::Settings{})); });
}
