// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <dmdr/core/inline.hpp>
#include <dmdr/expr/terminal.hpp>

namespace dmdr::expr::detail {

[[nodiscard]] inline std::string argument_name(const Argument& argument, std::size_t index) {
  constexpr std::string_view words[] = {"scalar", "per_sample", "full"};
  const std::string name = argument.name[0] == '\0' ? "argument " + std::to_string(index + 1) : argument.name;
  return std::string(words[static_cast<int>(argument.extent)]) + "(" + name + ")";
}

[[nodiscard]] inline std::string list_arguments(std::span<const Argument> arguments) {
  std::string text;
  for (std::size_t k = 0; k < arguments.size(); ++k)
    text += "\n  " + argument_name(arguments[k], k) + ": " + arguments[k].text;
  return text;
}

DMDR_INLINE Layout agree(std::span<const Argument> arguments, Location where) {
  const Argument* widest = &arguments[0];
  for (const Argument& argument : arguments)
    if (argument.extent > widest->extent) widest = &argument;
  Layout layout{widest->extent == Extent::scalar ? Shape{} : widest->shape, 1, 1};
  if (widest->extent == Extent::full) {
    layout.rows = widest->shape.rows();
    layout.cols = widest->shape.row_size();
  } else if (widest->extent == Extent::per_sample) {
    layout.rows = widest->shape.rows();
    layout.shape = Shape{layout.rows};
  }
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const Argument& argument = arguments[k];
    const auto name = [&] { return argument_name(argument, k); };
    if (argument.device != widest->device)
      throw DeviceError("expression: " + name() + " is on " + argument.device.str() + ", the others on " +
                            widest->device.str() + list_arguments(arguments),
                        where);
    if (argument.extent == Extent::full && !(argument.shape == layout.shape))
      throw ShapeError(name() + ": expected " + layout.shape.str() + ", got " + argument.shape.str() +
                           list_arguments(arguments),
                       where);
    if (argument.extent == Extent::per_sample &&
        (argument.shape.rank() == 0 || argument.shape.rows() != layout.rows || argument.shape.numel() != layout.rows))
      throw ShapeError(name() + ": expected [" + std::to_string(layout.rows) + "] or [" + std::to_string(layout.rows) +
                           ", 1, ...], got " + argument.shape.str() + list_arguments(arguments),
                       where);
    if (argument.extent == Extent::scalar && argument.shape.numel() != 1)
      throw ShapeError(name() + ": expected [] or [1], got " + argument.shape.str() + list_arguments(arguments), where);
  }
  if (layout.rows * layout.cols == 0)
    throw ShapeError("expression: the batch is empty: " + layout.shape.str() + list_arguments(arguments), where);
  return layout;
}

}  // namespace dmdr::expr::detail
