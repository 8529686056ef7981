// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "images.hpp"

namespace digits {

/// Reads the UCI digits, bytes of 0..16. Throws `FileError` or `DtypeError` where the file is not what it should be.
[[nodiscard]] study::Images load_digits(const std::string& path);

}  // namespace digits
