// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/io/safetensors.hpp>

namespace dmdr::test {

/// One file of tests/data/golden; docs/reference/golden.md lists its keys.
class GoldenFile {
 public:
  explicit GoldenFile(const std::string& name)
      : tensors_(io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/" + name + ".safetensors").tensors) {}

  [[nodiscard]] std::vector<double> values(const std::string& key) const { return tensors_.at(key).as<double>(); }
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& key) const {
    return tensors_.at(key).as<std::int64_t>();
  }
  [[nodiscard]] double number(const std::string& key) const { return values(key).at(0); }
  [[nodiscard]] Shape shape(const std::string& key) const { return tensors_.at(key).shape; }
  template <class B>
  [[nodiscard]] typename B::Tensor tensor(const std::string& key) const {
    return B{}.load(tensors_.at(key));
  }
  template <class B>
  [[nodiscard]] typename B::Tensor parameter(const std::string& key) const {
    return B::parameter(tensor<B>(key));
  }
  /// Entry `row` of the first axis, alone: `[1, ...]`.
  template <class B>
  [[nodiscard]] typename B::Tensor row(const std::string& key, std::int64_t row) const {
    return B::take_rows(tensor<B>(key), std::vector<std::int64_t>{row});
  }
  /// Entry `index` of the first axis, without that axis.
  [[nodiscard]] std::vector<double> slice(const std::string& key, std::int64_t index) const {
    const std::vector<double> all = values(key);
    const auto size = static_cast<std::int64_t>(all.size()) / shape(key).rows();
    return {all.begin() + index * size, all.begin() + (index + 1) * size};
  }

 private:
  NamedTensors tensors_;
};

/// The largest difference, over the largest number of `expected`; infinite where sizes differ or a number is not finite.
[[nodiscard]] inline double relative(const std::vector<double>& values, const std::vector<double>& expected) {
  if (values.size() != expected.size()) return INFINITY;
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || !std::isfinite(expected[i])) return INFINITY;
    worst = std::max(worst, std::abs(values[i] - expected[i]));
    largest = std::max(largest, std::abs(expected[i]));
  }
  return largest == 0 ? worst : worst / largest;
}

/// What a backend's element type may lose against doubles.
template <class B>
inline constexpr double golden_tolerance = std::is_same_v<typename B::Scalar, double> ? 1e-10 : 2e-5;

}  // namespace dmdr::test
