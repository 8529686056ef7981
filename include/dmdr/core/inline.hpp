// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function of an `.ipp` file: inline when the header-only form is used, an ordinary definition inside `dmdr::compiled`.
#ifdef DMDR_COMPILED
#define DMDR_INLINE
#else
#define DMDR_INLINE inline
#endif
