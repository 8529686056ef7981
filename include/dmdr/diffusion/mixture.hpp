// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/diffusion/renoise.hpp>

namespace dmdr {

/// A mixture of two laws: a sample's time is of `first` with probability `share`, else of `second`.
///
/// Which of the two is drawn from the stream `<stream>/choice`, so each law draws what it would draw alone: with share 1 or 0 the times
/// are those of one law, number for number.
template <RenoiseLaw A, RenoiseLaw B, Number Share = 0.5>
struct Mixture {
  using role = role::renoise;
  A first{};
  B second{};
  double share = Share;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    const std::string stream = std::string(context.draw.stream) + "/choice";
    RenoiseContext choosing = context;
    choosing.draw.stream = stream;
    const std::vector<double> choice = detail::uniforms(choosing);
    std::vector<double> values = first.times(context).values();
    const std::vector<double> others = second.times(context).values();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (choice[i] >= share) values[i] = others[i];
    return Times(std::move(values));
  }
  template <class V>
  void visit(V&& v) {
    v("share", share, Range{0, 1});
    v("first", first);
    v("second", second);
  }
};

}  // namespace dmdr
