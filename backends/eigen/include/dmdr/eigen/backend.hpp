// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <type_traits>

#include <dmdr/core/backend.hpp>
#include <dmdr/expr/array_functions.hpp>
#include <dmdr/tape/backend_on.hpp>

namespace dmdr {

/// The embedded default: small models on one core, in float or double, without a download.
///
/// Expressions run as compiled row kernels; matrix products inside networks go through Eigen.
template <class T = float>
struct EigenCpu : tape::BackendOn<EigenCpu<T>, T> {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "dmdr: EigenCpu computes in float or double");
  using Base = tape::BackendOn<EigenCpu<T>, T>;
  using typename Base::Call;
  static constexpr const char* name = std::is_same_v<T, float> ? "eigen float32" : "eigen float64";

  static std::string path(const Call&);
  /// Exponentials and their kin in expressions: Eigen's.
  static const expr::Functions& functions();
  static void forward(const Call& call, const expr::Plan& plan);
  static void forward_beside(const Call& call, const expr::Plan& plan, T* row_means);
  static void backward_into(const Call& call, const expr::Plan& plan);
};

static_assert(DifferentiableBackend<EigenCpu<float>>);

}  // namespace dmdr

#ifdef DMDR_COMPILED
extern template class dmdr::tape::BackendOn<dmdr::EigenCpu<float>, float>;
extern template class dmdr::tape::BackendOn<dmdr::EigenCpu<double>, double>;
#else
#include <dmdr/eigen/backend.ipp>  // IWYU pragma: export
#endif
