// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "figures.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include <dmdr/core/error.hpp>

namespace study {
namespace {

std::int64_t columns(std::size_t extra) {
  auto count = static_cast<std::int64_t>(1 + extra);  // the update
  Figures{}.visit([&](const char* /*name*/, double& /*value*/) { ++count; });
  return count;
}

}  // namespace

dmdr::HostTensor curve_tensor(const std::vector<CurvePoint>& curve) {
  std::vector<double> rows;
  for (CurvePoint point : curve) {
    rows.push_back(static_cast<double>(point.update));
    point.figures.visit([&](const char* /*name*/, double& value) { rows.push_back(value); });
    rows.insert(rows.end(), point.figures.extra.begin(), point.figures.extra.end());
  }
  const std::size_t extra = curve.empty() ? 0 : curve[0].figures.extra.size();
  return dmdr::HostTensor::from<double>(dmdr::Shape{static_cast<std::int64_t>(curve.size()), columns(extra)}, rows);
}

std::vector<CurvePoint> curve_of(const dmdr::HostTensor& tensor, std::size_t extra) {
  if (tensor.shape.rank() != 2 || tensor.shape[1] != columns(tensor.shape[0] > 0 ? extra : 0))
    throw dmdr::FileError("curve: a tensor " + tensor.shape.str() + ", expected rows of " +
                          std::to_string(columns(extra)));
  std::vector<CurvePoint> curve;
  const std::vector<double> values = tensor.as<double>();
  for (auto next = values.begin(); next != values.end();) {
    CurvePoint& point = curve.emplace_back();
    point.update = static_cast<std::int64_t>(*next++);
    point.figures.visit([&](const char* /*name*/, double& value) { value = *next++; });
    for (std::size_t i = 0; i < extra; ++i) point.figures.extra.push_back(*next++);
  }
  return curve;
}

}  // namespace study
