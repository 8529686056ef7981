// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>

#include <dmdr/core/error.hpp>
#include <dmdr/io/json_text.hpp>
#include <dmdr/io/jsonl.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

/// The step at the beginning of a line of a metrics log.
[[nodiscard]] DMDR_INLINE std::int64_t step_of_line(std::string_view line, const std::string& path, std::size_t number,
                                                    Location where) {
  constexpr std::string_view begin = "{\"step\":";
  std::int64_t step = 0;
  if (line.substr(0, begin.size()) == begin && line.back() == '}') {
    const char* end = line.data() + line.size();
    const auto read = std::from_chars(line.data() + begin.size(), end, step);
    if (read.ec == std::errc() && (*read.ptr == ',' || *read.ptr == '}')) return step;
  }
  throw FileError("read metrics log \"" + path + "\": line " + std::to_string(number) + " is not one of a metrics log",
                  where);
}

/// Calls `visit(line, bytes up to its end)` for each whole line until it returns false. Reads the file in blocks.
template <class Visit>
void for_each_line(FileSystem& file_system, const std::string& path, Location where, const Visit& visit) {
  File file(file_system, path, OpenMode::read, "read metrics log", where);
  constexpr std::size_t block = std::size_t{1} << 16U;
  std::vector<std::byte> buffer(block);
  std::string line;
  std::uint64_t end = 0;
  for (std::size_t count = file.read_up_to(buffer); count > 0; count = file.read_up_to(buffer)) {
    std::string_view text(reinterpret_cast<const char*>(buffer.data()), count);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n')) {
      line += text.substr(0, at);
      text.remove_prefix(at + 1);
      end += line.size() + 1;
      if (!visit(std::string_view(line), end)) return;
      line.clear();
    }
    line += text;
  }
}

}  // namespace detail

DMDR_INLINE std::string metrics_line(std::int64_t step, const std::vector<Metric>& metrics, Location where) {
  std::string line = "{\"step\":" + std::to_string(step);
  std::string non_finite;
  std::set<std::string_view> names{"step", "non_finite"};
  for (const auto& [name, value] : metrics) {
    if (!is_utf8(name)) throw FileError("write metrics: a metric's name is not valid UTF-8", where);
    if (!names.insert(name).second)
      throw FileError("write metrics: the name \"" + name + "\" is given twice or is one of the log's own", where);
    line += ',';
    append_json_text(line, name);
    if (std::isfinite(value)) {
      constexpr int digits = 17;
      std::array<char, 32> buffer{};
      const auto end =
          std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
      line += ':';
      line.append(buffer.data(), end.ptr);
      if (value == 0 && std::signbit(value))
        line += ".0";  // "-0" alone is an integer to most readers, which has no sign
    } else {
      line += ":null";
      non_finite += non_finite.empty() ? "" : ",";
      append_json_text(non_finite, name);
      non_finite += std::isnan(value) ? ":\"nan\"" : value > 0 ? ":\"inf\"" : ":\"-inf\"";
    }
  }
  if (!non_finite.empty()) line += ",\"non_finite\":{" + non_finite + "}";
  return line + "}";
}

DMDR_INLINE MetricsLog::MetricsLog(const std::string& path, FileSystem& file_system, Location where)
    : file_system_(file_system), file_(file_system, path, "write metrics log", where) {
  std::uint64_t whole = 0;
  std::size_t number = 0;
  detail::for_each_line(file_system_, path, where, [&](std::string_view line, std::uint64_t end) {
    last_step_ = detail::step_of_line(line, path, ++number, where);
    whole = end;
    return true;
  });
  if (whole != file_.size()) file_.truncate(whole);
}

DMDR_INLINE void MetricsLog::write(std::int64_t step, const std::vector<Metric>& metrics, Location where) {
  if (step < last_step_)
    throw NumericError("write metrics: step " + std::to_string(step) + " lies before the last one, " +
                           std::to_string(last_step_) + "; truncate_after() makes room for it",
                       where);
  file_.append(metrics_line(step, metrics, where) + "\n");
  last_step_ = step;
}

DMDR_INLINE void MetricsLog::truncate_after(std::int64_t step, Location where) {
  std::uint64_t kept = 0;
  std::size_t number = 0;
  std::int64_t last = no_step;
  detail::for_each_line(file_system_, file_.path(), where, [&](std::string_view line, std::uint64_t end) {
    const std::int64_t found = detail::step_of_line(line, file_.path(), ++number, where);
    if (found > step) return false;
    last = found;
    kept = end;
    return true;
  });
  if (kept != file_.size()) file_.truncate(kept);
  last_step_ = last;
}

}  // namespace dmdr::io
