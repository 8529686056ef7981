// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace dmdr::io {

/// Texts that travel with tensors: `__metadata__` of a safetensors file.
using Metadata = std::map<std::string, std::string>;

}  // namespace dmdr::io
