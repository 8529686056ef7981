// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <dmdr/io/safetensors_header.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

/// Reads the one form of JSON that a safetensors header has, in place and without recursion: an object of objects of a text, a list of
/// numbers and a pair of numbers. A general parser would copy every text twice before the first check.
class HeaderReader {
 public:
  HeaderReader(std::string& text, const std::string& file, Location where) : text_(text), file_(file), where_(where) {}

  TableOfContents read() {
    const std::size_t valid = valid_utf8_prefix(text_);
    if (valid != text_.size()) fail_at(SafetensorsFault::invalid_utf8, valid);
    if (text_.empty()) throw SafetensorsError(SafetensorsFault::header_empty, file_, "", where_);
    if (text_.front() != '{') fail(SafetensorsFault::header_start);
    TableOfContents table;
    bool has_metadata = false;
    each_member([&](std::string_view name) {
      if (name != "__metadata__") return read_entry(name, table.entries);
      if (std::exchange(has_metadata, true)) fail(SafetensorsFault::duplicate_tensor, "__metadata__");
      read_metadata(table.metadata);
    });
    skip_space();
    if (at_ != text_.size()) fail(SafetensorsFault::text_after_header);
    return table;
  }

 private:
  [[noreturn]] void fail_at(SafetensorsFault fault, std::size_t byte) const {
    throw SafetensorsError(fault, file_, "byte " + std::to_string(byte) + " of the header", where_);
  }
  [[noreturn]] void fail(SafetensorsFault fault) const { fail_at(fault, at_); }
  [[noreturn]] void fail(SafetensorsFault fault, std::string_view name) const {
    constexpr std::size_t most = 200;  // a text of the file, cut where a character ends
    std::size_t shown = std::min(name.size(), most);
    while (shown > 0 && shown < name.size() && (static_cast<unsigned char>(name[shown]) & 0xC0U) == 0x80U) --shown;
    throw SafetensorsError(fault, file_, "\"" + std::string(name.substr(0, shown)) + "\"", where_);
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  /// The next character that is no space.
  char peek() {
    skip_space();
    if (at_ == text_.size()) fail(SafetensorsFault::json_ends_early);
    return text_[at_];
  }
  void expect(char character) {
    if (peek() != character) fail(SafetensorsFault::json_syntax);
    ++at_;
  }
  /// After an element: true where another follows.
  bool another(char close) {
    const char next = peek();
    if (next != ',' && next != close) fail(SafetensorsFault::json_syntax);
    ++at_;
    return next == ',';
  }

  template <class Member>
  void each_member(const Member& member) {
    expect('{');
    if (peek() == '}') {
      ++at_;
      return;
    }
    do {
      const std::string_view name = read_text();
      expect(':');
      member(name);
    } while (another('}'));
  }

  void read_entry(std::string_view name, std::vector<TensorEntry>& entries) {
    if (peek() != '{') fail(SafetensorsFault::entry_not_object, name);
    std::optional<Dtype> dtype;
    std::optional<Shape> shape;
    std::optional<std::array<std::int64_t, 2>> offsets;
    each_member([&](std::string_view field) {
      if (field == "dtype") {
        if (dtype) fail(SafetensorsFault::duplicate_field, name);
        dtype = read_dtype(name);
      } else if (field == "shape") {
        if (shape) fail(SafetensorsFault::duplicate_field, name);
        shape = read_shape(name);
      } else if (field == "data_offsets") {
        if (offsets) fail(SafetensorsFault::duplicate_field, name);
        offsets = read_offsets(name);
      } else {
        fail(SafetensorsFault::unknown_field, name);
      }
    });
    if (!dtype) fail(SafetensorsFault::no_dtype, name);
    if (!shape) fail(SafetensorsFault::no_shape, name);
    if (!offsets) fail(SafetensorsFault::no_offsets, name);
    const auto [begin, end] = *offsets;
    if (end < begin) fail(SafetensorsFault::offsets_reversed, name);
    const auto width = static_cast<std::int64_t>(size_of(*dtype));
    if (shape->numel() > std::numeric_limits<std::int64_t>::max() / width) fail(SafetensorsFault::shape_overflow, name);
    if (end - begin != shape->numel() * width) fail(SafetensorsFault::size_mismatch, name);
    entries.push_back({name, *dtype, *shape, static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)});
  }

  Dtype read_dtype(std::string_view name) {
    if (peek() != '"') fail(SafetensorsFault::dtype_not_text, name);
    const std::string_view dtype = read_text();
    constexpr std::array<std::pair<std::string_view, Dtype>, 7> known{{{"F64", Dtype::f64},
                                                                       {"F32", Dtype::f32},
                                                                       {"F16", Dtype::f16},
                                                                       {"BF16", Dtype::bf16},
                                                                       {"I64", Dtype::i64},
                                                                       {"I32", Dtype::i32},
                                                                       {"U8", Dtype::u8}}};
    for (const auto& [text, value] : known)
      if (dtype == text) return value;
    constexpr std::array<std::string_view, 13> others{"BOOL",    "F4",      "F6_E2M3", "F6_E3M2", "I8",
                                                      "F8_E5M2", "F8_E4M3", "F8_E8M0", "I16",     "U16",
                                                      "U32",     "U64",     "C64"};
    const bool is_other = std::find(others.begin(), others.end(), dtype) != others.end();
    fail(is_other ? SafetensorsFault::dtype_unsupported : SafetensorsFault::dtype_unknown, dtype);
  }

  Shape read_shape(std::string_view name) {
    if (peek() != '[') fail(SafetensorsFault::shape_not_list, name);
    ++at_;
    std::array<std::int64_t, Shape::max_rank> extents{};
    std::size_t rank = 0;
    std::int64_t product = 1;
    if (peek() == ']') {
      ++at_;
      return Shape{};
    }
    do {
      const std::int64_t extent = read_number(name);
      if (rank == extents.size()) fail(SafetensorsFault::too_many_axes, name);
      if (extent != 0 && product > std::numeric_limits<std::int64_t>::max() / extent)
        fail(SafetensorsFault::shape_overflow, name);
      if (extent != 0) product *= extent;  // as Shape counts: an empty tensor's other extents must fit too
      extents[rank++] = extent;
    } while (another(']'));
    return Shape(std::span<const std::int64_t>(extents.data(), rank), where_);
  }

  std::array<std::int64_t, 2> read_offsets(std::string_view name) {
    if (peek() != '[') fail(SafetensorsFault::offsets_not_pair, name);
    ++at_;
    if (peek() == ']') fail(SafetensorsFault::offsets_not_pair, name);
    std::array<std::int64_t, 2> offsets{};
    offsets[0] = read_number(name);
    if (!another(']')) fail(SafetensorsFault::offsets_not_pair, name);
    offsets[1] = read_number(name);
    if (another(']')) fail(SafetensorsFault::offsets_not_pair, name);
    return offsets;
  }

  std::int64_t read_number(std::string_view name) {
    const char first = peek();
    if (first == '[' || first == '{') fail(SafetensorsFault::too_deep, name);
    if (first == '-') fail(SafetensorsFault::negative_number, name);
    if (first < '0' || first > '9') fail(SafetensorsFault::not_a_number, name);
    const std::size_t begin = at_;
    std::uint64_t value = 0;
    bool fits = true;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
      constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
      fits = fits && value <= (most - digit) / 10;
      if (fits) value = value * 10 + digit;
    }
    if (at_ < text_.size() && (text_[at_] == '.' || text_[at_] == 'e' || text_[at_] == 'E'))
      fail(SafetensorsFault::not_an_integer, name);
    if (first == '0' && at_ - begin > 1) fail(SafetensorsFault::leading_zero, name);
    if (!fits) fail(SafetensorsFault::number_too_large, name);
    return static_cast<std::int64_t>(value);
  }

  void read_metadata(Metadata& metadata) {
    if (peek() != '{') fail(SafetensorsFault::metadata_not_object);
    each_member([&](std::string_view key) {
      if (peek() != '"') fail(SafetensorsFault::metadata_not_text, key);
      const std::string_view value = read_text();
      if (!metadata.emplace(key, value).second) fail(SafetensorsFault::duplicate_metadata, key);
    });
  }

  /// A quoted text; what it stands for is written over it, which never needs more room.
  std::string_view read_text() {
    if (peek() != '"') fail(SafetensorsFault::json_syntax);
    const std::size_t begin = ++at_;
    std::size_t out = begin;
    for (;;) {
      if (at_ == text_.size()) fail(SafetensorsFault::json_ends_early);
      const char character = text_[at_];
      if (character == '"') break;
      if (static_cast<unsigned char>(character) < 0x20U) fail(SafetensorsFault::control_character);
      if (character == '\\') {
        for (const char byte : read_escape()) text_[out++] = byte;
      } else {
        text_[out++] = character;
        ++at_;
      }
    }
    ++at_;
    return std::string_view(text_).substr(begin, out - begin);
  }

  std::string read_escape() {
    if (++at_ == text_.size()) fail(SafetensorsFault::json_ends_early);
    const char kind = text_[at_++];
    switch (kind) {
      case '"':
      case '\\':
      case '/': return std::string(1, kind);
      case 'b': return "\b";
      case 'f': return "\f";
      case 'n': return "\n";
      case 'r': return "\r";
      case 't': return "\t";
      case 'u': break;
      default: --at_; fail(SafetensorsFault::bad_escape);
    }
    const std::uint32_t unit = read_unit();
    if (unit < 0xD800U || unit > 0xDFFFU) return utf8_of(unit);
    if (unit > 0xDBFFU || text_.compare(at_, 2, "\\u") != 0) fail(SafetensorsFault::lone_surrogate);
    at_ += 2;
    const std::uint32_t low = read_unit();
    if (low < 0xDC00U || low > 0xDFFFU) fail(SafetensorsFault::lone_surrogate);
    return utf8_of(0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U));
  }

  std::uint32_t read_unit() {
    std::uint32_t unit = 0;
    for (int digit = 0; digit < 4; ++digit, ++at_) {
      if (at_ == text_.size()) fail(SafetensorsFault::json_ends_early);
      const char c = text_[at_];
      std::uint32_t value = 0;
      if (c >= '0' && c <= '9')
        value = static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        value = static_cast<std::uint32_t>(c - 'a') + 10U;
      else if (c >= 'A' && c <= 'F')
        value = static_cast<std::uint32_t>(c - 'A') + 10U;
      else
        fail(SafetensorsFault::bad_escape);
      unit = unit << 4U | value;
    }
    return unit;
  }

  std::string& text_;
  const std::string& file_;
  Location where_;
  std::size_t at_ = 0;
};

}  // namespace detail

DMDR_INLINE TableOfContents parse_safetensors_header(std::string& header, std::uint64_t payload,
                                                     const std::string& name, Location where) {
  TableOfContents table = detail::HeaderReader(header, name, where).read();
  std::vector<TensorEntry>& entries = table.entries;
  const auto fail = [&](SafetensorsFault fault, std::string_view tensor) {
    throw SafetensorsError(fault, name, "\"" + std::string(tensor) + "\"", where);
  };

  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].name == entries[i - 1].name) fail(SafetensorsFault::duplicate_tensor, entries[i].name);

  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  std::uint64_t covered = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.end > payload) fail(SafetensorsFault::offsets_beyond_end, entry.name);
    if (entry.begin < covered) fail(SafetensorsFault::overlap, entry.name);
    if (entry.begin > covered) fail(SafetensorsFault::hole, entry.name);
    covered = entry.end;
  }
  if (covered != payload)
    throw SafetensorsError(SafetensorsFault::trailing_bytes, name, std::to_string(payload - covered) + " bytes", where);
  return table;
}

}  // namespace dmdr::io
