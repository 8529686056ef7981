// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr::io {

/// Why a file is not taken for a safetensors file. Each has a sentence of its own: `sentence_of`.
enum class SafetensorsFault : std::uint8_t {
  empty_file,
  no_header_length,
  header_empty,
  header_length_overflow,
  header_too_long,
  header_beyond_end,
  header_start,
  invalid_utf8,
  json_ends_early,
  json_syntax,
  text_after_header,
  control_character,
  bad_escape,
  lone_surrogate,
  duplicate_tensor,
  entry_not_object,
  duplicate_field,
  unknown_field,
  no_dtype,
  no_shape,
  no_offsets,
  dtype_not_text,
  dtype_unknown,
  dtype_unsupported,
  shape_not_list,
  offsets_not_pair,
  too_deep,
  not_a_number,
  negative_number,
  not_an_integer,
  leading_zero,
  number_too_large,
  too_many_axes,
  shape_overflow,
  offsets_reversed,
  size_mismatch,
  offsets_beyond_end,
  overlap,
  hole,
  trailing_bytes,
  metadata_not_object,
  metadata_not_text,
  duplicate_metadata,
};

/// The sentence of a fault, without the place.
[[nodiscard]] constexpr std::string_view sentence_of(SafetensorsFault fault) noexcept {
  switch (fault) {
    case SafetensorsFault::empty_file: return "the file is empty";
    case SafetensorsFault::no_header_length: return "the file ends within the 8 bytes of the header's length";
    case SafetensorsFault::header_empty: return "the header has no bytes";
    case SafetensorsFault::header_length_overflow: return "the header's length does not fit 63 bits";
    case SafetensorsFault::header_too_long: return "the header is longer than 100,000,000 bytes";
    case SafetensorsFault::header_beyond_end: return "the header reaches beyond the end of the file";
    case SafetensorsFault::header_start: return "the header does not begin with '{'";
    case SafetensorsFault::invalid_utf8: return "the header is not valid UTF-8";
    case SafetensorsFault::json_ends_early: return "the header's JSON ends too early";
    case SafetensorsFault::json_syntax: return "the header is not valid JSON";
    case SafetensorsFault::text_after_header: return "text follows the header's closing '}'";
    case SafetensorsFault::control_character:
      return "a text in the header holds a control character that is not escaped";
    case SafetensorsFault::bad_escape: return "a text in the header holds an escape that JSON does not know";
    case SafetensorsFault::lone_surrogate: return "a text in the header holds half of a surrogate pair";
    case SafetensorsFault::duplicate_tensor: return "the header names a tensor twice";
    case SafetensorsFault::entry_not_object: return "a tensor's entry is not a JSON object";
    case SafetensorsFault::duplicate_field: return "a tensor's entry has a field twice";
    case SafetensorsFault::unknown_field: return "a tensor's entry has a field besides dtype, shape and data_offsets";
    case SafetensorsFault::no_dtype: return "a tensor's entry has no dtype";
    case SafetensorsFault::no_shape: return "a tensor's entry has no shape";
    case SafetensorsFault::no_offsets: return "a tensor's entry has no data_offsets";
    case SafetensorsFault::dtype_not_text: return "a dtype is not a text";
    case SafetensorsFault::dtype_unknown: return "the format has no such dtype";
    case SafetensorsFault::dtype_unsupported:
      return "a dtype of the format that this build does not read (it reads F64, F32, F16, BF16, I64, I32, U8)";
    case SafetensorsFault::shape_not_list: return "a shape is not a list";
    case SafetensorsFault::offsets_not_pair: return "data_offsets is not a list of two numbers";
    case SafetensorsFault::too_deep: return "the header's JSON is nested where a plain value must stand";
    case SafetensorsFault::not_a_number: return "a shape or offset is not a number";
    case SafetensorsFault::negative_number: return "a shape or offset is negative";
    case SafetensorsFault::not_an_integer: return "a shape or offset is not a whole number";
    case SafetensorsFault::leading_zero: return "a shape or offset begins with a zero";
    case SafetensorsFault::number_too_large: return "a shape or offset does not fit 63 bits";
    case SafetensorsFault::too_many_axes: return "a shape has more than 8 axes";
    case SafetensorsFault::shape_overflow: return "the number of bytes of a shape does not fit 63 bits";
    case SafetensorsFault::offsets_reversed: return "a tensor ends before it begins";
    case SafetensorsFault::size_mismatch: return "a tensor's offsets do not enclose the bytes of its shape and dtype";
    case SafetensorsFault::offsets_beyond_end: return "a tensor reaches beyond the end of the file";
    case SafetensorsFault::overlap: return "two tensors share bytes";
    case SafetensorsFault::hole: return "bytes between tensors belong to none";
    case SafetensorsFault::trailing_bytes: return "bytes follow the last tensor";
    case SafetensorsFault::metadata_not_object: return "__metadata__ is not a JSON object";
    case SafetensorsFault::metadata_not_text: return "a value of __metadata__ is not a text";
    case SafetensorsFault::duplicate_metadata: return "__metadata__ has a key twice";
  }
  return "unknown fault";
}

/// A file that is not a safetensors file, and why.
class SafetensorsError : public FileError {
 public:
  /// `place` says where in the file: a tensor's name, a byte; it may be empty.
  SafetensorsError(SafetensorsFault fault, const std::string& file, const std::string& place,
                   Location where = Location::current())
      : FileError("read safetensors \"" + file + "\": " + std::string(sentence_of(fault)) +
                      (place.empty() ? "" : ": " + place),
                  where),
        fault_(fault) {}

  [[nodiscard]] SafetensorsFault fault() const noexcept { return fault_; }

 private:
  SafetensorsFault fault_;
};

}  // namespace dmdr::io
