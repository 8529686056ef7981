// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/replay.hpp>

namespace dmdr {
namespace detail {

DMDR_INLINE std::string recorded_name(const std::string& prefix, const Draw& draw) {
  const std::string name =
      prefix + std::string(draw.stream) + "." + std::to_string(draw.step) + "." + std::to_string(draw.use);
  return draw.rank == 0 ? name : name + "." + std::to_string(draw.rank);
}

// Rows `samples` of a recorded draw.
template <class T, class Out>
void replay_rows(const std::string& name, const HostTensor& host, std::span<const std::int64_t> samples,
                 std::int64_t row_size, std::span<Out> out) {
  const std::vector<T> values = host.as<T>();
  if (host.shape.row_size() != row_size)
    throw ShapeError("replay: " + name + " is " + host.shape.str() + ", its rows have not the " +
                     std::to_string(row_size) + " numbers that were asked for");
  for (std::size_t r = 0; r < samples.size(); ++r) {
    if (samples[r] < 0 || samples[r] >= host.shape.rows())
      throw ShapeError("replay: " + name + " is " + host.shape.str() + ", it has no sample " +
                       std::to_string(samples[r]));
    for (std::int64_t k = 0; k < row_size; ++k)
      out[r * static_cast<std::size_t>(row_size) + static_cast<std::size_t>(k)] =
          static_cast<Out>(values[static_cast<std::size_t>(samples[r] * row_size + k)]);
  }
}
DMDR_INLINE void replay_numbers(const std::string& name, const HostTensor& host, std::span<const std::int64_t> samples,
                                std::int64_t row_size, std::span<double> out) {
  if (host.dtype == Dtype::f32)
    replay_rows<float>(name, host, samples, row_size, out);
  else
    replay_rows<double>(name, host, samples, row_size, out);
}

}  // namespace detail

DMDR_INLINE const HostTensor* Replay::find(const Draw& draw) const {
  const std::string name = detail::recorded_name(prefix_, draw);
  const auto found = draws_.find(name);
  if (found != draws_.end()) return &found->second;
  if (rest_ == nullptr)
    throw Error("replay: there is no draw " + name + " among the " + std::to_string(draws_.size()) + " recorded ones");
  return nullptr;
}

DMDR_INLINE void Replay::uniform(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                 std::span<double> out) {
  if (const HostTensor* const host = find(draw))
    detail::replay_numbers(detail::recorded_name(prefix_, draw), *host, samples, row_size, out);
  else
    rest_->uniform(draw, samples, row_size, out);
}
DMDR_INLINE void Replay::normal(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                std::span<double> out) {
  if (const HostTensor* const host = find(draw))
    detail::replay_numbers(detail::recorded_name(prefix_, draw), *host, samples, row_size, out);
  else
    rest_->normal(draw, samples, row_size, out);
}
DMDR_INLINE void Replay::beta(const Draw& draw, std::span<const std::int64_t> samples, double a, double b,
                              std::span<double> out) {
  if (const HostTensor* const host = find(draw))
    detail::replay_numbers(detail::recorded_name(prefix_, draw), *host, samples, 1, out);
  else
    rest_->beta(draw, samples, a, b, out);
}
DMDR_INLINE void Replay::index(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t bound,
                               std::span<std::int64_t> out) {
  const HostTensor* const host = find(draw);
  if (host == nullptr) return rest_->index(draw, samples, bound, out);
  detail::replay_rows<std::int64_t>(detail::recorded_name(prefix_, draw), *host, samples, 1, out);
  for (const std::int64_t value : out)
    if (value < 0 || value >= bound)
      throw NumericError("replay: " + detail::recorded_name(prefix_, draw) + " holds " + std::to_string(value) +
                         ", asked for an index below " + std::to_string(bound));
}

template <class T>
void Recorder::keep(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                    std::span<const T> values) {
  const std::string name = detail::recorded_name(prefix_, draw);
  const auto size = static_cast<std::size_t>(row_size) * sizeof(T);
  std::int64_t rows = 0;
  for (const std::int64_t sample : samples) rows = std::max(rows, sample + 1);
  auto& host = draws_.try_emplace(name, HostTensor{Shape{0, row_size}, dtype_v<T>, {}}).first->second;
  if (host.shape.row_size() != row_size || host.dtype != dtype_v<T>)
    throw ShapeError("record: " + name + " was drawn before with rows of another size or type");
  if (rows > host.shape.rows()) host.shape = Shape{rows, row_size};
  host.bytes.resize(static_cast<std::size_t>(host.shape.rows()) * size);
  for (std::size_t r = 0; r < samples.size() && size > 0; ++r)
    std::memcpy(host.bytes.data() + static_cast<std::size_t>(samples[r]) * size,
                values.data() + r * static_cast<std::size_t>(row_size), size);
}

DMDR_INLINE void Recorder::uniform(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                   std::span<double> out) {
  source_.uniform(draw, samples, row_size, out);
  keep<double>(draw, samples, row_size, out);
}
DMDR_INLINE void Recorder::normal(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                  std::span<double> out) {
  source_.normal(draw, samples, row_size, out);
  keep<double>(draw, samples, row_size, out);
}
DMDR_INLINE void Recorder::beta(const Draw& draw, std::span<const std::int64_t> samples, double a, double b,
                                std::span<double> out) {
  source_.beta(draw, samples, a, b, out);
  keep<double>(draw, samples, 1, out);
}
DMDR_INLINE void Recorder::index(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t bound,
                                 std::span<std::int64_t> out) {
  source_.index(draw, samples, bound, out);
  keep<std::int64_t>(draw, samples, 1, out);
}

}  // namespace dmdr
