// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: could not convert|no viable conversion|no matching|cannot convert
#include <dmdr/diffusion/path.hpp>

using namespace dmdr;

/// The path of a flow asks for a time; a noise level is another type.
PathPoint at(NoiseLevel sigma) { return RectifiedFlow{}.at(sigma); }
