// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr {

/// Which samples of a batch belong together: equal prompts, or equal classes.
class Groups {
 public:
  Groups() = default;
  /// `ids[i]` names the group of sample i.
  explicit Groups(const std::vector<std::string>& ids);
  /// Samples with the same condition.
  template <Condition C>
  [[nodiscard]] static Groups by_condition(const C& condition) {
    std::vector<std::string> ids;
    for (std::int64_t i = 0; i < condition.rows(); ++i) ids.push_back(condition.key(i));
    return Groups(ids);
  }
  /// One group of all.
  [[nodiscard]] static Groups whole(std::size_t rows);

  [[nodiscard]] const std::vector<std::vector<std::size_t>>& members() const noexcept { return members_; }
  [[nodiscard]] std::size_t group_of(std::size_t sample) const { return group_of_.at(sample); }
  [[nodiscard]] std::size_t rows() const noexcept { return group_of_.size(); }
  [[nodiscard]] std::size_t largest() const;
  /// The prompt groups where some prompt has several samples, else the whole batch.
  [[nodiscard]] Groups or_whole() const;

 private:
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::size_t> group_of_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/divergence/groups.ipp>  // IWYU pragma: export
#endif
