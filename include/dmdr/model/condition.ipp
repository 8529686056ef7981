// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <dmdr/core/inline.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr {

DMDR_INLINE ClassLabels ClassLabels::take(std::span<const std::int64_t> rows) const {
  std::vector<std::int64_t> ids;
  for (const std::int64_t row : rows) ids.push_back(ids_.at(static_cast<std::size_t>(row)));
  return ClassLabels(std::move(ids));
}

DMDR_INLINE ClassLabels ClassLabels::unconditional() const {
  return ClassLabels(std::vector<std::int64_t>(ids_.size(), null_label));
}

DMDR_INLINE std::string ClassLabels::key(std::int64_t row) const {
  return std::to_string(ids_.at(static_cast<std::size_t>(row)));
}

DMDR_INLINE TextPrompts TextPrompts::take(std::span<const std::int64_t> rows) const {
  std::vector<std::string> texts;
  for (const std::int64_t row : rows) texts.push_back(texts_.at(static_cast<std::size_t>(row)));
  return TextPrompts(std::move(texts));
}

DMDR_INLINE TextPrompts TextPrompts::unconditional() const {
  return TextPrompts(std::vector<std::string>(texts_.size()));
}

}  // namespace dmdr
