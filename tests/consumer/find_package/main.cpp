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

#if defined(CONSUMER_LINKS_REFERENCE) && defined(CONSUMER_HAS_REFERENCE)
#include <dmdr/reference.hpp>
#endif
#if defined(CONSUMER_LINKS_EIGEN) && defined(CONSUMER_HAS_EIGEN)
#include <dmdr/eigen.hpp>
#endif

int main() {
  const dmdr::Shape shape{4, 1, 8, 8};
  return shape.rows() == 4 && shape.row_size() == 64 ? 0 : 1;
}
