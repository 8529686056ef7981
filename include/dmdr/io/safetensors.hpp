// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file_system.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/io/safetensors_fault.hpp>

namespace dmdr::io {

/// The contents of a safetensors file.
struct SafetensorsFile {
  NamedTensors tensors;
  Metadata metadata;
  std::string xxh3_128;  ///< digest of the whole file
};

/// A file as it was written.
struct WrittenFile {
  std::uint64_t bytes = 0;
  std::string xxh3_128;  ///< digest of the whole file
};

/// Reads a safetensors file, the format of the Hugging Face hub (https://huggingface.co/docs/safetensors).
///
/// Nothing is believed before it is checked: the table of contents is validated against the true size of the file before a tensor is
/// allocated, so that a rejected file never costs more memory than a small multiple of its own header, and an accepted one its size.
/// Elements are kept as bytes: F64, F32, F16, BF16, I64, I32 and U8 are read, other dtypes refused.
/// Throws `SafetensorsError` for a file of another form, `FileError` for one that cannot be read, a directory or a pipe.
[[nodiscard]] SafetensorsFile read_safetensors(const std::string& path, FileSystem& file_system = real_file_system(),
                                               Location where = Location::current());

/// The same from memory; `name` stands for the path in errors.
[[nodiscard]] SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                                                Location where = Location::current());

/// The bytes of a safetensors file. They are a function of the tensors and the metadata alone, and equal those of the format's own
/// Python package: larger dtypes first, then by name; the header is padded to 8 bytes. (The package writes several metadata in random
/// order; here they are sorted.)
/// Throws `ShapeError` where a tensor's bytes do not fit its shape, and `FileError` where a name is not UTF-8 or is `__metadata__`.
[[nodiscard]] std::vector<std::byte> serialise_safetensors(const NamedTensors& tensors, const Metadata& metadata = {},
                                                           Location where = Location::current());

/// Writes a safetensors file atomically (`write_file_atomically`), without a second copy of the tensors.
/// Throws what `serialise_safetensors` throws, and `FileError` where the file cannot be written.
WrittenFile write_safetensors(const std::string& path, const NamedTensors& tensors, const Metadata& metadata = {},
                              FileSystem& file_system = real_file_system(), Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/safetensors.ipp>  // IWYU pragma: export
#endif
