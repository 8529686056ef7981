// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/core/shape.hpp>

#if __has_include(<dmdr/dmdr.hpp>)
#include <dmdr/dmdr.hpp>
#endif

#ifdef DMDR_COMPILED
#error "the header-only form is used here"
#endif
#if __has_include(<dmdr/eigen.hpp>) || __has_include(<dmdr/reference.hpp>)
#error "a backend is visible through the include path of the core"
#endif

int main() {
  const dmdr::Shape shape{4, 1, 8, 8};
  return shape.rows() == 4 && shape.row_size() == 64 ? 0 : 1;
}
