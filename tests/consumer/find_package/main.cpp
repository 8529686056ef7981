// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
//
// Uses what it linked, and sees nothing else: a backend's headers are visible only where its target is linked.
#include <dmdr/core/shape.hpp>

#if defined(CONSUMER_LINKS_COMPILED) != defined(DMDR_COMPILED)
#error "dmdr::compiled and DMDR_COMPILED must come together"
#endif

#if !defined(CONSUMER_LINKS_EIGEN) && __has_include(<dmdr/eigen.hpp>)
#error "the Eigen backend is visible without dmdr::eigen"
#endif
#if !defined(CONSUMER_LINKS_REFERENCE) && __has_include(<dmdr/reference.hpp>)
#error "the reference backend is visible without dmdr::reference"
#endif

#if !defined(CONSUMER_LINKS_LIBTORCH) && __has_include(<dmdr/libtorch.hpp>)
#error "the LibTorch backend is visible without dmdr::libtorch"
#endif

#if defined(CONSUMER_LINKS_REFERENCE) && defined(CONSUMER_HAS_REFERENCE)
#include <dmdr/reference.hpp>
#endif
#if defined(CONSUMER_LINKS_EIGEN) && defined(CONSUMER_HAS_EIGEN)
#include <dmdr/eigen.hpp>
#endif

#if defined(CONSUMER_LINKS_LIBTORCH) && defined(CONSUMER_HAS_LIBTORCH)
#include <vector>

#include <dmdr/libtorch.hpp>
// Runs an expression through LibTorch.
static bool libtorch_works() {
  const at::Tensor x = dmdr::LibTorch{}.from_host({2}, std::vector<double>{1, 3});
  return dmdr::LibTorch::to_host(dmdr::expr::mean(dmdr::expr::square(dmdr::expr::full(x))))[0] == 5;
}
#else
static bool libtorch_works() { return true; }
#endif

int main() {
  const dmdr::Shape shape{4, 1, 8, 8};
  if (!libtorch_works()) return 1;
  return shape.rows() == 4 && shape.row_size() == 64 ? 0 : 1;
}
