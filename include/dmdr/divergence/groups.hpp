// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr {

/// Which samples of a batch belong together: equal prompts, or equal classes.
class Groups {
 public:
  Groups() = default;
  /// `ids[i]` names the group of sample i.
  explicit Groups(const std::vector<std::string>& ids) {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto [it, fresh] = known.emplace(ids[i], members_.size());
      if (fresh) members_.emplace_back();
      members_[it->second].push_back(i);
      group_of_.push_back(it->second);
    }
  }
  /// Samples with the same condition.
  template <Condition C>
  [[nodiscard]] static Groups by_condition(const C& condition) {
    std::vector<std::string> ids;
    for (std::int64_t i = 0; i < condition.rows(); ++i) ids.push_back(condition.key(i));
    return Groups(ids);
  }
  /// One group of all.
  [[nodiscard]] static Groups whole(std::size_t rows) { return Groups(std::vector<std::string>(rows)); }

  [[nodiscard]] const std::vector<std::vector<std::size_t>>& members() const noexcept { return members_; }
  [[nodiscard]] std::size_t group_of(std::size_t sample) const { return group_of_.at(sample); }
  [[nodiscard]] std::size_t rows() const noexcept { return group_of_.size(); }
  [[nodiscard]] std::size_t largest() const {
    std::size_t size = 0;
    for (const auto& group : members_) size = std::max(size, group.size());
    return size;
  }
  /// The prompt groups where some prompt has several samples, else the whole batch.
  [[nodiscard]] Groups or_whole() const { return largest() > 1 ? *this : whole(rows()); }

 private:
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::size_t> group_of_;
};

}  // namespace dmdr
