// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace dmdr {

/// Decodes a generator's output into images in [-1, 1] for the rewards; pixel-space generators need none but the clamp.
template <class B, class G>
struct decoder_of {};
template <class B, class G>
concept HasDecoder = !G::Space::needs_decoder || requires {
  typename decoder_of<B, G>::type;
};

namespace detail {
// Without rewards nothing is decoded, so that a latent generator may do without a decoder.
template <class B, class G>
struct decoder_type {
  struct type {};
};
template <class B, class G>
requires(G::Space::needs_decoder&& HasDecoder<B, G>) struct decoder_type<B, G> : decoder_of<B, G> {
};

// Whether a recipe fits a backend. A wrong recipe fits none: it has said its own sentence already.
template <class R, class B>
struct Fit {
  static constexpr bool differentiable = true, network = true, reward = true, decoder = true;
  static constexpr bool value = false;
};
template <class R, class B>
requires requires { typename R::Base; }
struct Fit<R, B> {
  static constexpr bool differentiable = DifferentiableBackend<B>;
  static constexpr bool network = !differentiable || HasNetwork<B, typename R::Generator>;
  static constexpr bool reward = !differentiable || !network || HasReward<B, typename R::Reward>;
  static constexpr bool decoder =
      !differentiable || !network || !reward || !R::rewarded || HasDecoder<B, typename R::Generator>;
  static constexpr bool value = differentiable && network && reward && decoder;
};

/// In the place of whatever a wrong pair of recipe and backend has no type for.
struct Anything {
  Anything() = default;
  template <class T>
  Anything(T&&) {}  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
};
/// Takes the calls of a trainer and does nothing: a wrong pair has said its sentence.
template <class R, class B>
struct NoTrainer {
  struct Parts {
    Anything teacher{}, student{}, conditions{}, reward{}, decoder{};
  };
  NoTrainer(const B&, const R&, const TrainerSettings&, const std::vector<Stage>&, const Parts&, const Anything& = {},
            const Anything& = {}) {}
  StepReport step() { return {}; }
  [[nodiscard]] bool finished() const { return true; }
  [[nodiscard]] std::int64_t total_updates() const { return 0; }
  [[nodiscard]] std::int64_t iteration() const { return 0; }
  [[nodiscard]] std::int64_t updates() const { return 0; }
  [[nodiscard]] NamedTensors state() { return {}; }
  void restore(const NamedTensors&) {}
};
}  // namespace detail

}  // namespace dmdr
