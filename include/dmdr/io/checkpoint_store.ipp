// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/checkpoint_manifest.hpp>
#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/file.ipp>
#include <dmdr/io/safetensors.hpp>

namespace dmdr::io {
namespace detail {

inline constexpr std::uint64_t max_manifest_bytes = std::uint64_t{64} << 20U;

/// The step of `step-<n><ending>`.
[[nodiscard]] DMDR_INLINE std::optional<std::int64_t> step_of(const std::string& name, const std::string& ending) {
  const std::string prefix = "step-";
  if (name.size() <= prefix.size() + ending.size() || name.compare(0, prefix.size(), prefix) != 0 ||
      name.compare(name.size() - ending.size(), ending.size(), ending) != 0)
    return std::nullopt;
  std::int64_t step = 0;
  const char* begin = name.data() + prefix.size();
  const char* end = name.data() + name.size() - ending.size();
  const auto [stop, error] = std::from_chars(begin, end, step);
  if (error != std::errc() || stop != end || std::to_string(step).size() != static_cast<std::size_t>(end - begin))
    return std::nullopt;
  return step;
}

[[nodiscard]] DMDR_INLINE std::string manifest_name(std::int64_t step) {
  return "step-" + std::to_string(step) + ".json";
}

[[nodiscard]] DMDR_INLINE std::vector<std::string> names_in(FileSystem& file_system, const std::string& directory,
                                                            Location where) {
  auto names = uninterrupted([&] { return file_system.list(directory); });
  if (names.error == ENOENT) return {};  // nothing was ever saved there
  if (names.error != 0) throw FileError("list \"" + directory + "\": " + describe_errno(names.error), where);
  return std::move(names.value);
}

/// A manifest's name and what it says, or why it is not believed.
struct ManifestFile {
  std::string name;
  std::optional<CheckpointManifest> manifest;
  std::string rejection;
};

[[nodiscard]] DMDR_INLINE CheckpointManifest read_manifest(FileSystem& file_system, const std::string& directory,
                                                           std::int64_t step, Location where) {
  const std::string path = directory + "/" + manifest_name(step);
  const std::vector<std::byte> bytes =
      read_file(file_system, path, max_manifest_bytes, "read checkpoint manifest", where);
  CheckpointManifest manifest =
      parse_manifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, where);
  if (manifest.step != step)
    throw FileError("read checkpoint manifest \"" + path + "\": it is of step " + std::to_string(manifest.step), where);
  return manifest;
}

/// The part of an error's text that stands before its place.
[[nodiscard]] DMDR_INLINE std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// All manifests of a directory, the last saved first, those that cannot be read at the front.
[[nodiscard]] DMDR_INLINE std::vector<ManifestFile> read_manifests(FileSystem& file_system,
                                                                   const std::string& directory, Location where) {
  std::vector<ManifestFile> files;
  for (const std::string& name : names_in(file_system, directory, where)) {
    const std::optional<std::int64_t> step = step_of(name, ".json");
    if (!step) continue;
    ManifestFile file{name, std::nullopt, ""};
    try {
      file.manifest = read_manifest(file_system, directory, *step, where);
    } catch (const FileError& error) {
      file.rejection = first_line(error.what());
    }
    files.push_back(std::move(file));
  }
  std::stable_sort(files.begin(), files.end(), [](const ManifestFile& a, const ManifestFile& b) {
    if (!a.manifest || !b.manifest) return !a.manifest && b.manifest;
    return a.manifest->serial > b.manifest->serial;
  });
  return files;
}

/// Reads the data file of a manifest and compares it with what the manifest says.
[[nodiscard]] DMDR_INLINE Checkpoint read_checkpoint(FileSystem& file_system, const std::string& directory,
                                                     const CheckpointManifest& manifest, Location where) {
  const CheckpointFile& expected = manifest.files.front();
  const std::string path = directory + "/" + expected.name;
  const auto fail = [&](const std::string& what) {
    throw FileError("load checkpoint \"" + path + "\": " + what, where);
  };
  {
    const File file(file_system, path, OpenMode::read, "load checkpoint", where);
    if (file.size() != expected.bytes)
      fail("it has " + std::to_string(file.size()) + " bytes, its manifest says " + std::to_string(expected.bytes));
  }
  SafetensorsFile file = read_safetensors(path, file_system, where);
  for (const auto& [name, tensor] : file.tensors) {
    const auto digest = expected.tensors.find(name);
    if (digest == expected.tensors.end()) fail("tensor \"" + name + "\" is not in its manifest");
    if (digest->second != xxh3_128(tensor.bytes)) fail("tensor \"" + name + "\" is damaged: its xxh3-128 differs");
  }
  if (file.tensors.size() != expected.tensors.size()) fail("a tensor of its manifest is missing");
  if (file.xxh3_128 != expected.xxh3_128) fail("its header is damaged: the file's xxh3-128 differs");
  return {manifest.step, std::move(file.tensors), std::move(file.metadata)};
}

/// The newest checkpoint that verifies, and the names of the manifests passed over, beside their lines.
struct NewestSearch {
  NewestCheckpoint newest;
  std::set<std::string> rejected_names;
};

[[nodiscard]] DMDR_INLINE NewestSearch find_newest(FileSystem& file_system, const std::string& directory,
                                                   Location where) {
  NewestSearch search;
  NewestCheckpoint& newest = search.newest;
  for (const ManifestFile& file : read_manifests(file_system, directory, where)) {
    std::string rejection = file.rejection;
    if (file.manifest) {
      try {
        newest.checkpoint = read_checkpoint(file_system, directory, *file.manifest, where);
        return search;
      } catch (const FileError& error) {
        rejection = first_line(error.what());
      }
    }
    newest.rejected.push_back(file.name + ": " + rejection);
    search.rejected_names.insert(file.name);
  }
  if (newest.rejected.empty()) return search;
  std::string text = "load newest checkpoint of \"" + directory + "\": none of " +
                     std::to_string(newest.rejected.size()) + " verifies";
  for (const std::string& line : newest.rejected) text += "\n  " + line;
  throw FileError(text, where);
}

/// The step whose data a file's name says it is: `step-<n>.safetensors` or `step-<n>-<k>.safetensors`.
[[nodiscard]] DMDR_INLINE std::optional<std::int64_t> data_step_of(const std::string& name) {
  if (const auto plain = step_of(name, ".safetensors")) return plain;
  const std::size_t dash = name.rfind('-');
  return dash == std::string::npos || !step_of("step" + name.substr(dash), ".safetensors")
             ? std::nullopt
             : step_of(name, name.substr(dash));
}

/// The name for the data of a step: the first of `step-<n>.safetensors`, `step-<n>-1.safetensors`, ... that its present manifest does
/// not need. Where that manifest cannot be read, every file of the step may be needed.
[[nodiscard]] DMDR_INLINE std::string free_data_name(FileSystem& file_system, const std::string& directory,
                                                     std::int64_t step, Location where) {
  std::set<std::string> needed;
  for (const ManifestFile& file : read_manifests(file_system, directory, where)) {
    if (file.name != manifest_name(step)) continue;
    if (file.manifest)
      needed.insert(file.manifest->files.front().name);
    else
      for (const std::string& name : names_in(file_system, directory, where))
        if (data_step_of(name) == step) needed.insert(name);
  }
  const std::string stem = "step-" + std::to_string(step);
  std::string name = stem + ".safetensors";
  for (int k = 1; needed.count(name) != 0; ++k) name = stem + "-" + std::to_string(k) + ".safetensors";
  return name;
}

}  // namespace detail

DMDR_INLINE NewestCheckpoint load_newest_checkpoint(const std::string& directory, FileSystem& file_system,
                                                    Location where) {
  return detail::find_newest(file_system, directory, where).newest;
}

DMDR_INLINE Checkpoint load_checkpoint(const std::string& directory, std::int64_t step, FileSystem& file_system,
                                       Location where) {
  return detail::read_checkpoint(file_system, directory, detail::read_manifest(file_system, directory, step, where),
                                 where);
}

DMDR_INLINE CheckpointStore::CheckpointStore(std::string directory, CheckpointStoreSettings settings,
                                             FileSystem& file_system, Location where)
    : directory_(std::move(directory)), settings_(settings), file_system_(file_system) {
  if (settings_.keep < 2)
    throw ConfigError("checkpoint store: keep must be at least 2, got " + std::to_string(settings_.keep), where);
  make_directories(file_system_, directory_, where);
  (void)remove_orphans(file_system_, directory_, where);
  for (const detail::ManifestFile& file : detail::read_manifests(file_system_, directory_, where))
    if (file.manifest) serial_ = std::max(serial_, file.manifest->serial);
}

DMDR_INLINE void CheckpointStore::save(std::int64_t step, const NamedTensors& tensors, const Metadata& metadata,
                                       Location where) {
  if (step < 0) throw NumericError("save checkpoint: step " + std::to_string(step) + " is negative", where);
  CheckpointFile file;
  file.name = detail::free_data_name(file_system_, directory_, step, where);
  const std::string path = directory_ + "/" + file.name;
  const WrittenFile written = write_safetensors(path, tensors, metadata, file_system_, where);
  file.bytes = written.bytes;
  file.xxh3_128 = written.xxh3_128;
  for (const auto& [name, tensor] : tensors) file.tensors[name] = xxh3_128(tensor.bytes);

  const std::string name = detail::manifest_name(step);
  write_file_atomically(file_system_, directory_ + "/" + name, manifest_text({step, serial_ + 1, {file}}), where);
  ++serial_;
  rejected_.erase(name);
  prune(where);
}

DMDR_INLINE NewestCheckpoint CheckpointStore::load_newest(Location where) {
  detail::NewestSearch search = detail::find_newest(file_system_, directory_, where);
  rejected_ = std::move(search.rejected_names);
  return std::move(search.newest);
}

DMDR_INLINE Checkpoint CheckpointStore::load(std::int64_t step, Location where) const {
  return load_checkpoint(directory_, step, file_system_, where);
}

DMDR_INLINE std::vector<std::int64_t> CheckpointStore::steps(Location where) const {
  std::vector<std::int64_t> steps;
  for (const std::string& name : detail::names_in(file_system_, directory_, where))
    if (const auto step = detail::step_of(name, ".json")) steps.push_back(*step);
  std::sort(steps.begin(), steps.end());
  return steps;
}

/// Removes what is beyond `keep`. The save has succeeded by now: what cannot be removed is left for the next time.
DMDR_INLINE void CheckpointStore::prune(Location where) {
  const auto remove = [this](const std::string& name) {
    return detail::uninterrupted([&] { return file_system_.remove(directory_ + "/" + name); }).error == 0;
  };
  try {
    std::set<std::string> needed;
    std::set<std::int64_t> unread;  // steps whose manifest cannot be read: which data it needs is not known
    std::int64_t kept = 0;
    for (const detail::ManifestFile& file : detail::read_manifests(file_system_, directory_, where)) {
      if (!file.manifest) {
        unread.insert(*detail::step_of(file.name, ".json"));
        continue;
      }
      const bool removed = kept >= settings_.keep && remove(file.name);
      if (!removed) needed.insert(file.manifest->files.front().name);
      if (rejected_.count(file.name) == 0) ++kept;
    }
    for (const std::string& name : detail::names_in(file_system_, directory_, where)) {
      const std::optional<std::int64_t> step = detail::data_step_of(name);
      if (step && needed.count(name) == 0 && unread.count(*step) == 0) (void)remove(name);
    }
  } catch (const FileError&) {
    return;
  }
}

}  // namespace dmdr::io
