// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/error.hpp>

namespace dmdr {

DMDR_INLINE Error::Error(std::string_view kind, const std::string& text, Location where)
    : std::runtime_error("dmdr: " + std::string(kind) + ": " + text + "\n  at " + where.file + ":" +
                         std::to_string(where.line)),
      where_(where) {}

DMDR_INLINE Error::Error(const std::string& text, Location where) : Error("error", text, where) {}
DMDR_INLINE ShapeError::ShapeError(const std::string& text, Location where) : Error("shape error", text, where) {}
DMDR_INLINE DtypeError::DtypeError(const std::string& text, Location where) : Error("dtype error", text, where) {}
DMDR_INLINE DeviceError::DeviceError(const std::string& text, Location where) : Error("device error", text, where) {}
DMDR_INLINE ConfigError::ConfigError(const std::string& text, Location where) : Error("config error", text, where) {}
DMDR_INLINE FileError::FileError(const std::string& text, Location where) : Error("file error", text, where) {}
DMDR_INLINE NumericError::NumericError(const std::string& text, Location where) : Error("numeric error", text, where) {}

}  // namespace dmdr
