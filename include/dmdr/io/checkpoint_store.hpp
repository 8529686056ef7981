// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file_system.hpp>
#include <dmdr/io/metadata.hpp>

namespace dmdr::io {

/// The state of a run at a step.
struct Checkpoint {
  std::int64_t step = 0;
  NamedTensors tensors;
  Metadata metadata;
};

/// The newest checkpoint that verifies, if there is one, and a line for each newer one that does not.
struct NewestCheckpoint {
  std::optional<Checkpoint> checkpoint;
  std::vector<std::string> rejected;
};

struct CheckpointStoreSettings {
  std::int64_t keep = 2;  ///< how many of the newest checkpoints stay, at least 2

  template <class V>
  void visit(V&& v) {
    v("keep", keep, at_least(2));
  }
};

/// The newest checkpoint of a directory that verifies. Only reads.
///
/// A directory that is not there or is without a manifest has none, and that is no error. Where there are manifests and none verifies, `FileError` lists why: to
/// begin anew would lose the run.
[[nodiscard]] NewestCheckpoint load_newest_checkpoint(const std::string& directory,
                                                      FileSystem& file_system = real_file_system(),
                                                      Location where = Location::current());

/// The checkpoint of a step. Throws `FileError` where it is not there or does not verify. Only reads.
[[nodiscard]] Checkpoint load_checkpoint(const std::string& directory, std::int64_t step,
                                         FileSystem& file_system = real_file_system(),
                                         Location where = Location::current());

/// A directory of checkpoints, of one writer at a time.
///
/// A checkpoint is `step-<n>.safetensors` (tensors and metadata) and `step-<n>.json`, the manifest, written last and atomically: step,
/// format version, size and XXH3-128 of the file and of each tensor. A save that is cut off leaves the earlier checkpoints as they were.
/// A step that is saved again gets a data file of another name (`step-<n>-<k>.safetensors`) before its manifest is replaced.
/// The newest checkpoint is the one saved last: going back to an earlier step and on from there makes that branch the newest.
class CheckpointStore {
 public:
  /// Makes the directory where it is missing and removes what interrupted saves have left in it.
  /// Throws `ConfigError` where `keep` is below 2, `FileError` where the directory cannot be made or read.
  explicit CheckpointStore(std::string directory, CheckpointStoreSettings settings = {},
                           FileSystem& file_system = real_file_system(), Location where = Location::current());

  /// Saves a checkpoint; when it returns, the checkpoint is on the disk. Then the oldest ones beyond `keep` are removed, and those that
  /// did not verify do not count as kept. Throws `FileError` where the save failed: the earlier checkpoints are untouched.
  void save(std::int64_t step, const NamedTensors& tensors, const Metadata& metadata = {},
            Location where = Location::current());

  /// `load_newest_checkpoint` of this directory; what it rejects is remembered, so that pruning never counts on it.
  [[nodiscard]] NewestCheckpoint load_newest(Location where = Location::current());
  [[nodiscard]] Checkpoint load(std::int64_t step, Location where = Location::current()) const;

  /// Steps of which there is a manifest, ascending; they are not verified.
  [[nodiscard]] std::vector<std::int64_t> steps(Location where = Location::current()) const;
  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

 private:
  void prune(Location where);

  std::string directory_;
  CheckpointStoreSettings settings_;
  FileSystem& file_system_;
  std::int64_t serial_ = 0;
  std::set<std::string> rejected_;  ///< names of manifests
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/checkpoint_store.ipp>  // IWYU pragma: export
#endif
