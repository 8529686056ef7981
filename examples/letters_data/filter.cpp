// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <map>
#include <numeric>
#include <utility>

#include <dmdr/core/random.hpp>

namespace letters {
namespace {

std::string number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.3f", value);
  return buffer.data();
}

/// Sum of products of two faces' coverages; exact, also over the blocks that 32 bits hold.
std::int64_t dot(const std::uint8_t* a, const std::uint8_t* b) {
  std::int64_t sum = 0;
  for (std::int64_t letter = 0; letter < letter_count; ++letter, a += mask_size, b += mask_size) {
    std::int32_t part = 0;  // at most 1024 * 255^2
    for (std::int64_t i = 0; i < mask_size; ++i) part += a[i] * b[i];
    sum += part;
  }
  return sum;
}

double distance_of(std::int64_t aa, std::int64_t bb, std::int64_t ab) {
  return std::sqrt(static_cast<double>(aa + bb - 2 * ab) / (static_cast<double>(aa + bb) / 2));
}

std::string label(const Face& face) { return face.name.file + "[" + std::to_string(face.index) + "]"; }

}  // namespace

double median_ink(const Face& face) {
  std::vector<double> inks;
  for (std::int64_t letter = 0; letter < letter_count; ++letter) {
    const auto begin = face.masks.begin() + letter * mask_size;
    inks.push_back(std::accumulate(begin, begin + mask_size, 0.0) / (255.0 * mask_size));
  }
  std::sort(inks.begin(), inks.end());
  return (inks[letter_count / 2 - 1] + inks[letter_count / 2]) / 2;
}

double distance(const Face& a, const Face& b) {
  const std::uint8_t *x = a.masks.data(), *y = b.masks.data();
  return distance_of(dot(x, x), dot(y, y), dot(x, y));
}

void filter_by_ink(std::vector<Face>& faces, const FilterSettings& settings) {
  for (const std::size_t k : kept_faces(faces)) {
    const double ink = median_ink(faces[k]);
    if (ink >= settings.min_ink && ink <= settings.max_ink) continue;
    faces[k].verdict = Verdict::ink;
    faces[k].reason = "median ink " + number(ink);
  }
}

void filter_duplicates(std::vector<Face>& faces, const FilterSettings& settings) {
  struct Stays {
    std::size_t face;
    std::int64_t square;
  };
  std::vector<Stays> stays;
  for (const std::size_t k : kept_faces(faces)) {
    const std::uint8_t* masks = faces[k].masks.data();
    const std::int64_t square = dot(masks, masks);
    const auto twin = std::find_if(stays.begin(), stays.end(), [&](const Stays& other) {
      return !(distance_of(square, other.square, dot(masks, faces[other.face].masks.data())) > settings.min_distance);
    });
    if (twin == stays.end()) {
      stays.push_back({k, square});
    } else {
      faces[k].verdict = Verdict::duplicate;
      faces[k].reason = number(distance(faces[k], faces[twin->face])) + " from " + label(faces[twin->face]);
    }
  }
}

std::string family_group(const std::string& family) {
  const std::size_t first = family.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  std::string word = family.substr(first, family.find(' ', first) - first);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

std::vector<Half> split_by_family(const std::vector<Face>& faces, std::uint64_t seed) {
  std::map<std::string, std::vector<std::size_t>> groups;  // places among the kept faces
  const std::vector<std::size_t> kept = kept_faces(faces);
  for (std::size_t place = 0; place < kept.size(); ++place)
    groups[family_group(faces[kept[place]].name.family)].push_back(place);
  struct Sized {
    const std::vector<std::size_t>* places;
    double key;
  };
  dmdr::Philox random(seed);
  const std::vector<double> keys = random.uniform({"family_order"}, static_cast<std::int64_t>(groups.size()));
  std::vector<Sized> order;
  for (const auto& [group, places] : groups) order.push_back({&places, keys[order.size()]});
  std::sort(order.begin(), order.end(), [](const Sized& a, const Sized& b) {
    return std::pair(b.places->size(), a.key) < std::pair(a.places->size(), b.key);
  });
  std::vector<Half> halves(kept.size());
  std::array<std::size_t, 2> counts{};
  for (const Sized& group : order) {
    const std::size_t half = counts[1] < counts[0] ? 1 : 0;
    counts[half] += group.places->size();
    for (const std::size_t place : *group.places) halves[place] = static_cast<Half>(half);
  }
  return halves;
}

std::vector<std::size_t> kept_faces(const std::vector<Face>& faces) {
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < faces.size(); ++k)
    if (faces[k].verdict == Verdict::kept) kept.push_back(k);
  return kept;
}

}  // namespace letters
