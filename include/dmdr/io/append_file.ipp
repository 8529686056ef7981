// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/append_file.hpp>

namespace dmdr::io {

DMDR_INLINE AppendFile::AppendFile(FileSystem& file_system, std::string path, const std::string& operation,
                                   Location where)
    : file_(file_system, std::move(path), OpenMode::append, operation, where), size_(file_.size()) {}

DMDR_INLINE void AppendFile::append(std::span<const std::byte> record) {
  if (has_half_record_) truncate(size_);
  try {
    file_.write_all(record);
  } catch (const FileError&) {
    has_half_record_ = true;
    try {
      truncate(size_);
    } catch (const FileError&) {  // tried again before the next record; the first error is the one to report
    }
    throw;
  }
  size_ += record.size();
}

DMDR_INLINE void AppendFile::append(const std::string& record) { append(bytes_of(record)); }

DMDR_INLINE void AppendFile::truncate(std::uint64_t size) {
  file_.truncate(size);
  size_ = size;
  has_half_record_ = false;
}

DMDR_INLINE void AppendFile::sync() { file_.sync(); }

}  // namespace dmdr::io
