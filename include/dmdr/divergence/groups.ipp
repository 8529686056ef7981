// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>

#include <dmdr/divergence/groups.hpp>

namespace dmdr {

DMDR_INLINE Groups::Groups(const std::vector<std::string>& ids) {
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto [it, fresh] = known.emplace(ids[i], members_.size());
    if (fresh) members_.emplace_back();
    members_[it->second].push_back(i);
    group_of_.push_back(it->second);
  }
}

DMDR_INLINE Groups Groups::whole(std::size_t rows) { return Groups(std::vector<std::string>(rows)); }

DMDR_INLINE std::size_t Groups::largest() const {
  std::size_t size = 0;
  for (const auto& group : members_) size = std::max(size, group.size());
  return size;
}

DMDR_INLINE Groups Groups::or_whole() const { return largest() > 1 ? *this : whole(rows()); }

}  // namespace dmdr
