// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/path.hpp>

using namespace dmdr;

/// The path of a flow asks for a time; a noise level is another type.
PathPoint at(NoiseLevel sigma) { return RectifiedFlow{}.at(RectifiedFlow::time_of(sigma)); }
