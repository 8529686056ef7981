// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/dtype.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/io/safetensors_fault.hpp>

namespace dmdr::io {

/// The longest header that is read, as in the format's own package.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

/// One line of a safetensors file's table of contents.
struct TensorEntry {
  std::string_view name;  ///< inside the header's text
  Dtype dtype = Dtype::f64;
  Shape shape;
  std::uint64_t begin = 0;  ///< first byte behind the header
  std::uint64_t end = 0;
};

/// A validated table of contents. The entries stand in the order of their bytes.
struct TableOfContents {
  std::vector<TensorEntry> entries;
  Metadata metadata;
};

/// Parses and validates a header. `header` is the JSON text; escapes are resolved in place, and the entries' names point into it.
/// `payload` is the number of bytes behind it; `name` stands for the file in errors.
[[nodiscard]] TableOfContents parse_safetensors_header(std::string& header, std::uint64_t payload,
                                                       const std::string& name, Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/safetensors_header.ipp>  // IWYU pragma: export
#endif
