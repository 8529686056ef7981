// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include <dmdr/train/progress.hpp>

namespace dmdr {

namespace detail {

inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
/// Units a second, or 0 where none can be told.
inline double rate_of(const PartProgress& part) {
  const auto here = static_cast<double>(part.done - part.from);
  return here > 0 && part.seconds > 0 ? here / part.seconds : 0;
}
inline std::string rate_text(double rate) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), rate < 10 ? "%.2f/s" : "%.0f/s", rate);
  return text.data();
}
inline double share_of(const PartProgress& part) {
  return part.total > 0 ? std::clamp(static_cast<double>(part.done) / static_cast<double>(part.total), 0.0, 1.0) : 1.0;
}

}  // namespace detail

DMDR_INLINE std::string clock_text(double seconds) {
  constexpr double longest = 1e9;
  if (!(seconds >= 0 && seconds < longest)) return "-:--";
  const auto whole = static_cast<long>(std::llround(seconds));
  std::array<char, 32> text{};
  if (whole >= 3600)
    std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text.data(), text.size(), "%ld:%02ld", whole / 60, whole % 60);
  return text.data();
}

DMDR_INLINE std::string progress_line(const PartProgress& part) {
  std::string text = part.name + ": " + std::to_string(part.done) + " of " + std::to_string(part.total) + ", " +
                     std::to_string(static_cast<int>(100 * detail::share_of(part))) + " %";
  const double rate = detail::rate_of(part);
  if (rate > 0) text += ", " + detail::rate_text(rate);
  if (rate > 0 && part.done < part.total)
    text += ", " + clock_text(static_cast<double>(part.total - part.done) / rate) + " left";
  return text;
}

DMDR_INLINE std::string progress_bar(const PartProgress& part, int columns) {
  const auto width = static_cast<std::size_t>(std::max(columns, 0));
  const double rate = detail::rate_of(part);
  std::string line = part.name + " " + std::to_string(part.done) + "/" + std::to_string(part.total);
  const std::string time = " " + clock_text(rate > 0 ? static_cast<double>(part.total - part.done) / rate : -1);
  const std::string speed = rate > 0 ? " " + detail::rate_text(rate) : "";
  constexpr std::size_t smallest_bar = 6;
  const std::size_t texts = line.size() + speed.size() + time.size() + 3;  // blank and brackets
  if (texts + smallest_bar <= width) {
    const std::size_t room = width - texts;
    const auto full = static_cast<std::size_t>(detail::share_of(part) * static_cast<double>(room));
    std::string bar(room, ' ');
    std::fill_n(bar.begin(), full, '=');
    if (full < room) bar[full] = '>';
    return line + " [" + bar + "]" + speed + time;
  }
  if (line.size() + time.size() + speed.size() <= width) line += speed;
  if (line.size() + time.size() <= width) line += time;
  line.resize(width, ' ');
  return line;
}

DMDR_INLINE Progress::Progress(ProgressSettings settings)
    : settings_(std::move(settings)),
      out_(settings_.descriptor),
      bars_(settings_.form == ProgressForm::bars || (settings_.form == ProgressForm::automatic && out_.is_terminal())) {
  if (!settings_.clock) settings_.clock = &detail::steady_seconds;
  began_ = settings_.clock();
}

DMDR_INLINE Progress::~Progress() {
  if (visible_) out_.write("\r\033[K");
}

DMDR_INLINE void Progress::update(const std::string& name, std::int64_t done, std::int64_t total) {
  const std::scoped_lock lock(mutex_);
  const double now = settings_.clock();
  const auto [at, fresh] = parts_.try_emplace(name);
  Part& part = at->second;
  if (fresh) part = {{.name = name, .from = done}, now, now};
  part.shown.done = done;
  part.shown.total = total;
  part.shown.seconds = now - part.began;
  if (bars_) {
    if (fresh || std::abs(now - drawn_) >= settings_.bar_every) draw();
  } else if (fresh || std::abs(now - part.told) >= settings_.line_every) {
    part.told = now;
    write_line(progress_line(part.shown), now);
  }
}

DMDR_INLINE void Progress::finish(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto at = parts_.find(name);
  if (at == parts_.end()) return;
  const double now = settings_.clock();
  PartProgress last = at->second.shown;
  last.seconds = now - at->second.began;
  parts_.erase(at);
  write_line(progress_line(last) + ", took " + clock_text(last.seconds), now);
}

DMDR_INLINE void Progress::say(const std::string& line) {
  const std::scoped_lock lock(mutex_);
  write_line(line, settings_.clock());
}

DMDR_INLINE void Progress::write_line(const std::string& line, double now) {
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "[%6.1f s] ", now - began_);
  out_.write_line((visible_ ? "\r\033[K" : "") + std::string(time.data()) + line);
  visible_ = false;
  if (bars_) draw();
}

DMDR_INLINE void Progress::draw() {
  drawn_ = settings_.clock();
  if (parts_.empty()) return;
  // One column stays free: a row that fills the last one wraps.
  const int columns = out_.columns() - 1;
  const auto count = static_cast<int>(parts_.size());
  std::string row = "\r";
  for (const auto& [name, part] : parts_) {
    if (row.size() > 1) row += " | ";
    row += progress_bar(part.shown, (columns - 3 * (count - 1)) / count);
  }
  visible_ = out_.write(row + "\033[K");
}

}  // namespace dmdr
