// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "support/tiny.hpp"

DMDR_TINY(, Dmd2Run)
