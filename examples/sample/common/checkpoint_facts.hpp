// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/io/safetensors.hpp>

namespace sample {

/// The whole number that the metadata hold as `key`. Throws `FileError` where there is none, or none from 1 to 1000.
[[nodiscard]] std::int64_t metadata_number(const dmdr::io::SafetensorsFile& file, const std::string& key,
                                           const std::string& path);

/// The same of a real number above 0. Throws `FileError` where there is none.
[[nodiscard]] double metadata_real(const dmdr::io::SafetensorsFile& file, const std::string& key,
                                   const std::string& path);

/// Throws `FileError` where the metadata name another generator than this program draws from; files of other programs name none.
void require_generator(const dmdr::io::SafetensorsFile& file, const std::string& generator,
                       const std::string& other_program, const std::string& path);

}  // namespace sample
