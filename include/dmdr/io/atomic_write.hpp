// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// The bytes of a file in pieces, one after the other: so that large tensors need not be copied together.
using Chunks = std::vector<std::span<const std::byte>>;

/// Writes a whole file so that, whatever happens, `path` holds either all of the new bytes or all of the old ones.
///
/// The bytes go to `<path>.tmp-<pid>`, then fsync, rename over `path`, fsync of the directory. Where a step fails, the temporary file
/// is removed, the old file is byte for byte what it was (absent if it was absent), and `FileError` names path and cause. While the
/// directory is brought to the disk, `<path>.old-<pid>` is a second name of the old file.
///
/// One exception, said in the error's text: on a file system without hard links a failing fsync *of the directory* leaves the new file.
void write_file_atomically(FileSystem& file_system, const std::string& path, const Chunks& chunks,
                           Location where = Location::current());
void write_file_atomically(FileSystem& file_system, const std::string& path, std::span<const std::byte> bytes,
                           Location where = Location::current());
void write_file_atomically(FileSystem& file_system, const std::string& path, const std::string& text,
                           Location where = Location::current());

/// Removes what writers that no longer run have left in a directory: `*.tmp-<pid>` and `*.old-<pid>`. Returns the names removed.
/// A file of this process counts as left behind: call it before the first write.
std::vector<std::string> remove_orphans(FileSystem& file_system, const std::string& directory,
                                        Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/atomic_write.ipp>  // IWYU pragma: export
#endif
