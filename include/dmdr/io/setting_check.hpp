// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/io/setting_fields.hpp>

namespace dmdr::io {

/// The shortest decimal text that reads back to the same double, always with a point or an exponent: `0.1`, `2.0`, `1e-05`.
[[nodiscard]] std::string number_text(double value);

/// `[0, 1]`, `(0, inf)`; empty where every number is allowed.
[[nodiscard]] std::string range_text(const Range& range);

/// What a field takes: `a number in [0, 1]`, `one of "dark", "light"`.
[[nodiscard]] std::string expected_text(const SettingField& field);

/// Why a field's present value is not allowed; empty where it is.
[[nodiscard]] std::string fault_of(const SettingField& field);

/// Why one number is not allowed in a field, as its value or as an element of its list; empty where it is.
[[nodiscard]] std::string fault_of_number(const SettingField& field, double value);

/// Why numbers in this count and order are not allowed in a list; empty where they are.
[[nodiscard]] std::string fault_of_list(const SettingField& field, const std::vector<double>& values);

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/setting_check.ipp>  // IWYU pragma: export
#endif
