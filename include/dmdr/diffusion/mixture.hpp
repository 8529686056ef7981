// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/diffusion/renoise.hpp>

namespace dmdr {

template <RenoiseLaw A, RenoiseLaw B, Number Share>
struct Mixture;

namespace detail {

constexpr int deepest() { return 0; }
template <class... Ints>
constexpr int deepest(int first, Ints... others) {
  const int rest = deepest(others...);
  return first > rest ? first : rest;
}
/// How many mixtures lie in each other in a law, those inside of other templates counted.
template <class Law>
inline constexpr int mixture_depth = 0;
template <template <class...> class Wrapper, class... Laws>
inline constexpr int mixture_depth<Wrapper<Laws...>> = deepest(mixture_depth<Laws>...);
template <RenoiseLaw A, RenoiseLaw B, Number Share>
inline constexpr int mixture_depth<Mixture<A, B, Share>> = 1 + deepest(mixture_depth<A>, mixture_depth<B>);

}  // namespace detail

/// A mixture of two laws: a sample's time is of `first` with probability `share`, else of `second`.
///
/// Which of the two is drawn from the stream `<stream>/choice`, so each law draws what it would draw alone: with share 1 or 0 the times
/// are those of one law, number for number. A mixture that holds a mixture draws its own choice (`<stream>/choice2`, and so on), so that
/// the two choices are independent.
template <RenoiseLaw A, RenoiseLaw B, Number Share = 0.5>
struct Mixture {
  using role = role::renoise;
  A first{};
  B second{};
  double share = Share;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    constexpr int depth = detail::mixture_depth<Mixture>;
    const std::string stream = std::string(context.draw.stream) + "/choice" + (depth > 1 ? std::to_string(depth) : "");
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
