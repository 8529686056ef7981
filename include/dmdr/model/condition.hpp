// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>

namespace dmdr {

/// What images are made for: one entry a sample.
template <class C>
concept Condition = std::copyable<C> &&
    requires(const C& condition, std::span<const std::int64_t> rows, std::int64_t row, bool (*drops)(std::int64_t)) {
  { condition.drop(drops) } -> std::same_as<C>;
  { condition.rows() } -> std::same_as<std::int64_t>;
  { condition.take(rows) } -> std::same_as<C>;
  { condition.unconditional() } -> std::same_as<C>;
  { condition.key(row) } -> std::same_as<std::string>;
};

/// Class labels; `null_label` stands for no class (the class-dropout token), whatever number the network gives it.
class ClassLabels {
 public:
  static constexpr std::int64_t null_label = -1;

  ClassLabels() = default;
  explicit ClassLabels(std::vector<std::int64_t> ids) : ids_(std::move(ids)) {}

  [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(ids_.size()); }
  [[nodiscard]] const std::vector<std::int64_t>& ids() const noexcept { return ids_; }
  [[nodiscard]] ClassLabels take(std::span<const std::int64_t> rows) const;
  /// The null label where `drops(row)` says so.
  template <class F>
  [[nodiscard]] ClassLabels drop(F drops) const {
    ClassLabels kept = *this;
    for (std::int64_t row = 0; row < rows(); ++row)
      if (drops(row)) kept.ids_[static_cast<std::size_t>(row)] = null_label;
    return kept;
  }
  /// As many null labels.
  [[nodiscard]] ClassLabels unconditional() const;
  /// What makes two samples the same prompt.
  [[nodiscard]] std::string key(std::int64_t row) const;

 private:
  std::vector<std::int64_t> ids_;
};

/// Text prompts; the backend's text encoder turns them into embeddings. The unconditional prompt is the empty one.
class TextPrompts {
 public:
  TextPrompts() = default;
  explicit TextPrompts(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(texts_.size()); }
  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }
  [[nodiscard]] TextPrompts take(std::span<const std::int64_t> rows) const;
  /// The empty prompt where `drops(row)` says so.
  template <class F>
  [[nodiscard]] TextPrompts drop(F drops) const {
    TextPrompts kept = *this;
    for (std::int64_t row = 0; row < rows(); ++row)
      if (drops(row)) kept.texts_[static_cast<std::size_t>(row)].clear();
    return kept;
  }
  [[nodiscard]] TextPrompts unconditional() const;
  [[nodiscard]] std::string key(std::int64_t row) const { return texts_.at(static_cast<std::size_t>(row)); }

 private:
  std::vector<std::string> texts_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/model/condition.ipp>  // IWYU pragma: export
#endif
