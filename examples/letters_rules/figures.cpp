// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "figures.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "letters/captioned.hpp"

namespace letters {
namespace {

constexpr std::int64_t together = 250;  // pictures

/// Another of `count` things than `one`, by a number in (0, 1).
template <class T>
T other(T one, std::size_t count, double number) {
  const auto step = 1 + static_cast<std::size_t>(number * static_cast<double>(count - 1));
  return static_cast<T>((static_cast<std::size_t>(one) + step) % count);
}

/// The caption with another word for everything but the letter, whose bounds the rules of the form need.
Caption contrary(Caption caption, const double* numbers) {
  const ColourPair said = caption.colours;
  caption.colours = {.ink = other(said.ink, palette.size(), numbers[0]),
                     .paper = other(said.paper, palette.size(), numbers[1])};
  if (caption.colours.ink == caption.colours.paper) caption.colours = {.ink = said.paper, .paper = said.ink};
  if (caption.style.slant) caption.style.slant = other(*caption.style.slant, 2, 0.5);
  if (caption.style.weight) caption.style.weight = other(*caption.style.weight, 2, 0.5);
  return caption;
}

}  // namespace

Figures figures_of(const LetterRulesModel& model, const LetterMasks& masks, std::span<const CaptionStyle> styles,
                   std::span<const std::int64_t> faces, const Settings& settings, dmdr::RandomSource& random) {
  Figures figures;
  for (std::int64_t done = 0; done < settings.pictures; done += together) {
    const std::int64_t batch = std::min(together, settings.pictures - done);
    const auto step = static_cast<std::uint64_t>(done / together);
    const auto letters = draw_captioned(styles, faces, random, "figures", step, batch, settings.captions);
    const dmdr::HostTensor painted = paint(masks, draws_of(letters));
    const at::Tensor pictures = dmdr::LibTorch{}.load(painted);
    const std::vector<LetterChecks> own = model.checks(pictures, prompts_of(letters));
    count_rules(figures.own, own);
    for (const LetterChecks& checks : own) {
      ++figures.all.stated;
      const double score = score_of(checks, settings.rules);
      figures.score += score / static_cast<double>(settings.pictures);
      if (score == 1) ++figures.all.held;
    }
    std::vector<double> noisy = dmdr::LibTorch::to_host(pictures);
    const auto noise = random.normal({.stream = "figures_noise", .step = step}, batch, 3 * mask_size);
    for (std::size_t i = 0; i < noisy.size(); ++i)
      noisy[i] = std::clamp(noisy[i] + settings.noise * noise[i], -1.0, 1.0);
    count_rules(figures.noisy,
                model.checks(dmdr::LibTorch{}.from_host(dmdr::shape_of(pictures), noisy), prompts_of(letters)));
    const auto numbers = random.uniform({.stream = "figures_words", .step = step}, batch, 3);
    auto wrong = letters, misread = letters;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      wrong[i].caption = contrary(letters[i].caption, &numbers[3 * i]);
      misread[i].caption.letter = other(letters[i].caption.letter, letter_count, numbers[3 * i + 2]);
    }
    RuleShares words, reading;
    count_rules(words, model.checks(pictures, prompts_of(wrong)));
    count_rules(reading, model.checks(pictures, prompts_of(misread)));
    words[0] = reading[0];
    for (std::size_t rule = 0; rule < words.size(); ++rule) {
      figures.wrong[rule].held += words[rule].held;
      figures.wrong[rule].stated += words[rule].stated;
    }
  }
  return figures;
}

std::string text_of(const Figures& figures) {
  std::string table = "rule      stated   holds   with noise   of a wrong caption\n";
  std::array<char, 96> line{};
  for (std::size_t rule = 0; rule < rule_names.size(); ++rule) {
    std::snprintf(line.data(), line.size(), "%-8s%8lld%8.4f%13.4f%21.4f\n", rule_names[rule],
                  static_cast<long long>(figures.own[rule].stated), figures.own[rule].value(),
                  figures.noisy[rule].value(), figures.wrong[rule].value());
    table += line.data();
  }
  std::snprintf(line.data(), line.size(), "%-8s%8lld%8.4f; mean score %.4f\n", "all",
                static_cast<long long>(figures.all.stated), figures.all.value(), figures.score);
  return table + line.data();
}

}  // namespace letters
