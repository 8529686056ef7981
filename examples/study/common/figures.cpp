// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "figures.hpp"

#include <cstdint>
#include <string>

#include <dmdr/core/error.hpp>

namespace study {
namespace {

std::int64_t columns() {
  std::int64_t count = 1;  // the update
  Figures{}.visit([&](const char* /*name*/, double& /*value*/) { ++count; });
  return count;
}

}  // namespace

dmdr::HostTensor curve_tensor(const std::vector<CurvePoint>& curve) {
  std::vector<double> rows;
  for (CurvePoint point : curve) {
    rows.push_back(static_cast<double>(point.update));
    point.figures.visit([&](const char* /*name*/, double& value) { rows.push_back(value); });
  }
  return dmdr::HostTensor::from<double>(dmdr::Shape{static_cast<std::int64_t>(curve.size()), columns()}, rows);
}

std::vector<CurvePoint> curve_of(const dmdr::HostTensor& tensor) {
  if (tensor.shape.rank() != 2 || tensor.shape[1] != columns())
    throw dmdr::FileError("curve: a tensor " + tensor.shape.str() + ", expected rows of " + std::to_string(columns()));
  std::vector<CurvePoint> curve;
  const std::vector<double> values = tensor.as<double>();
  for (auto next = values.begin(); next != values.end();) {
    CurvePoint& point = curve.emplace_back();
    point.update = static_cast<std::int64_t>(*next++);
    point.figures.visit([&](const char* /*name*/, double& value) { value = *next++; });
  }
  return curve;
}

}  // namespace study
