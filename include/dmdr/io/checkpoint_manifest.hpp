// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr::io {

/// The manifest formats that this build reads; it writes the newest.
inline constexpr std::int64_t oldest_checkpoint_format = 1;
inline constexpr std::int64_t newest_checkpoint_format = 1;

/// A data file of a checkpoint, as its manifest describes it.
struct CheckpointFile {
  std::string name;  ///< inside the checkpoint's directory, without a path
  std::uint64_t bytes = 0;
  std::string xxh3_128;                        ///< of the whole file
  std::map<std::string, std::string> tensors;  ///< XXH3-128 of each tensor's bytes
};

/// What says that a checkpoint is complete. It is written last.
struct CheckpointManifest {
  std::int64_t step = 0;
  std::int64_t serial =
      0;  ///< counts the saves of a directory: the newest checkpoint has the largest, whatever its step
  std::vector<CheckpointFile> files;
};

/// The JSON text of a manifest. Its last line holds the XXH3-128 of what stands before, so that damage to the manifest itself is seen.
[[nodiscard]] std::string manifest_text(const CheckpointManifest& manifest);

/// Parses and verifies the text of a manifest; `name` stands for its file in errors.
/// Throws `FileError`: not JSON, another format version, a digest that differs, a field that is missing.
[[nodiscard]] CheckpointManifest parse_manifest(const std::string& text, const std::string& name,
                                                Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/checkpoint_manifest.ipp>  // IWYU pragma: export
#endif
