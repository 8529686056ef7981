// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include <dmdr/core/inline.hpp>
#include <dmdr/diffusion/renoise.hpp>

namespace dmdr {

DMDR_INLINE double cosine_anneal(std::int64_t k, std::int64_t steps) {
  if (steps == 0) return 1;
  const double progress = std::min(static_cast<double>(k) / static_cast<double>(steps), 1.0);
  return 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

DMDR_INLINE std::vector<double> detail::uniforms(const RenoiseContext& context) {
  std::vector<double> values(context.samples.size());
  context.random.uniform(context.draw, context.samples, 1, values);
  return values;
}

DMDR_INLINE std::vector<double> detail::normals(const RenoiseContext& context) {
  std::vector<double> values(context.samples.size());
  context.random.normal(context.draw, context.samples, 1, values);
  return values;
}

DMDR_INLINE std::vector<double> detail::betas(const RenoiseContext& context, double a, double b) {
  std::vector<double> values(context.samples.size());
  context.random.beta(context.draw, context.samples, a, b, values);
  return values;
}

}  // namespace dmdr
