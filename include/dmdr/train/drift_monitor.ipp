// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/trainer_checks.hpp>

namespace dmdr {

DMDR_INLINE std::string DriftSettings::contradiction() const {
  if (stop_luminance > 0 && stop_luminance < warn_luminance) return "stop_luminance must not lie below warn_luminance";
  if (stop_saturation > 0 && stop_saturation < warn_saturation)
    return "stop_saturation must not lie below warn_saturation";
  return "";
}

DMDR_INLINE ColourDrift::ColourDrift(const DriftSettings& settings, const eval::Colour& reference, Location where)
    : settings_(settings), reference_(reference) {
  io::check_settings(settings_, where);
  const auto unit = [](double value) { return value >= 0 && value <= 1; };
  if (!unit(reference.luminance) || !unit(reference.saturation))
    throw ConfigError("colour drift: the data's luminance " + std::to_string(reference.luminance) + " and saturation " +
                          std::to_string(reference.saturation) + " must lie in [0, 1]",
                      where);
}

DMDR_INLINE std::string ColourDrift::look(std::int64_t update, const eval::Colour& now, Location where) {
  const double luminance = std::abs(now.luminance - reference_.luminance);
  const double saturation = std::abs(now.saturation - reference_.saturation);
  const auto beyond = [](double distance, double bound) { return bound > 0 && !(distance <= bound); };
  const bool ends = beyond(luminance, settings_.stop_luminance) || beyond(saturation, settings_.stop_saturation);
  beyond_ = ends ? beyond_ + 1 : 0;
  if (!ends && !beyond(luminance, settings_.warn_luminance) && !beyond(saturation, settings_.warn_saturation))
    return "";
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(),
                "colour drift at update %lld: luminance %.3f (data %.3f), saturation %.3f (data %.3f)",
                static_cast<long long>(update), now.luminance, reference_.luminance, now.saturation,
                reference_.saturation);
  if (beyond_ >= settings_.patience)
    throw NumericError(std::string(text.data()) + ", beyond the bound for the end of the run in " +
                           std::to_string(beyond_) + " looks in a row",
                       where);
  return text.data();
}

DMDR_INLINE NamedTensors ColourDrift::state() const {
  NamedTensors named;
  const std::vector<std::int64_t> beyond{beyond_};
  named.emplace("drift_looks", HostTensor::from<std::int64_t>(Shape{1}, beyond));
  return named;
}

DMDR_INLINE void ColourDrift::restore(const NamedTensors& named, Location where) {
  beyond_ = detail::stored(named, "drift_looks", where).as<std::int64_t>(where).at(0);
}

}  // namespace dmdr
