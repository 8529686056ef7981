// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dmdr {

/// Element type of a tensor.
enum class Dtype : std::uint8_t { f64, f32, f16, bf16, i64, i32, u8 };

/// Bytes of one element.
[[nodiscard]] constexpr std::size_t size_of(Dtype dtype) noexcept {
  switch (dtype) {
    case Dtype::f64:
    case Dtype::i64: return 8;
    case Dtype::f32:
    case Dtype::i32: return 4;
    case Dtype::f16:
    case Dtype::bf16: return 2;
    case Dtype::u8: return 1;
  }
  return 0;
}

/// Name of an element type as PyTorch writes it.
[[nodiscard]] constexpr std::string_view name_of(Dtype dtype) noexcept {
  switch (dtype) {
    case Dtype::f64: return "float64";
    case Dtype::f32: return "float32";
    case Dtype::f16: return "float16";
    case Dtype::bf16: return "bfloat16";
    case Dtype::i64: return "int64";
    case Dtype::i32: return "int32";
    case Dtype::u8: return "uint8";
  }
  return "unknown";
}

/// Element type of a C++ scalar.
template <class T>
inline constexpr Dtype dtype_v = [] {
  static_assert(sizeof(T) == 0, "dmdr: no Dtype is known for this C++ type");
  return Dtype::f64;
}();
template <>
inline constexpr Dtype dtype_v<double> = Dtype::f64;
template <>
inline constexpr Dtype dtype_v<float> = Dtype::f32;
template <>
inline constexpr Dtype dtype_v<std::int64_t> = Dtype::i64;
template <>
inline constexpr Dtype dtype_v<std::int32_t> = Dtype::i32;
template <>
inline constexpr Dtype dtype_v<std::uint8_t> = Dtype::u8;

/// A processor that holds tensors: the host, or a CUDA device by number.
struct Device {
  enum class Kind : std::uint8_t { cpu, cuda };
  Kind kind = Kind::cpu;
  int index = 0;

  friend constexpr bool operator==(const Device&, const Device&) = default;

  /// `cpu` or `cuda:<index>`.
  [[nodiscard]] std::string str() const { return kind == Kind::cpu ? "cpu" : "cuda:" + std::to_string(index); }
};

}  // namespace dmdr
