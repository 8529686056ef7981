// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/reference.hpp>

#include "minimal_backend.hpp"
#include "support/tolerance.hpp"

namespace dmdr::test {

/// Every backend that the suite runs over.
using Backends = std::tuple<Reference, EigenCpu<double>, EigenCpu<float>, minimal::Backend>;

template <>
struct Tolerance<EigenCpu<float>> : FloatTolerance {};

}  // namespace dmdr::test
