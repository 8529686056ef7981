// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include <dmdr/io/toml_number.hpp>
#include <dmdr/io/toml_reader.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

/// Recursive descent over the text; the recursion is bounded by `max_levels`.
class TomlParser {
 public:
  explicit TomlParser(std::string_view text) : text_(text) {}

  std::vector<TomlItem> parse() {
    const std::size_t valid = valid_utf8_prefix(text_);
    if (valid != text_.size()) {
      text_ = text_.substr(0, valid);
      at_ = valid;
      fail("the text is not valid UTF-8");
    }
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = counted_to_ = 3;
    for (;;) {
      skip_space();
      if (at_end()) return std::move(items_);
      if (peek() == '[')
        read_header();
      else if (peek() != '#' && peek() != '\n' && peek() != '\r')
        read_entry(table_, true, 0);
      end_line();
    }
  }

 private:
  static constexpr int max_levels = 16;
  static constexpr std::size_t max_parts = 16;
  /// How a path came to be: that decides what may be added to it.
  enum class Origin : std::uint8_t { value, header, above_header, dotted_key, inline_table };
  struct Key {
    std::vector<std::string> parts;
    TomlPlace place;
  };

  [[noreturn]] void fail(const std::string& sentence) { throw TomlFault{place(), sentence}; }
  [[noreturn]] static void fail(TomlPlace place, const std::string& sentence) { throw TomlFault{place, sentence}; }

  [[nodiscard]] TomlPlace place() { return place_of(at_); }
  /// The place of a byte. They are asked for from front to back, so that every byte is counted once.
  [[nodiscard]] TomlPlace place_of(std::size_t at) {
    if (at < counted_to_) counted_to_ = 0, counted_ = {};
    for (; counted_to_ < at; ++counted_to_) {
      const auto byte = static_cast<unsigned char>(text_[counted_to_]);
      if (byte == '\n')
        counted_ = {counted_.line + 1, 1};
      else if ((byte & 0xC0U) != 0x80U)
        ++counted_.column;
    }
    return counted_;
  }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The next byte; 0 at the end.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool take(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  void expect(char character) {
    if (at_end() || peek() != character) fail(std::string("expected '") + character + "'" + found());
    ++at_;
  }
  [[nodiscard]] std::string found() const {
    if (at_end()) return ", the text ends";
    if (peek() == '\n' || peek() == '\r') return ", the line ends";
    const auto byte = static_cast<unsigned char>(peek());
    if (byte < 0x20U || byte == 0x7FU) return ", found a control character";
    return ", found '" + std::string(text_.substr(at_, utf8_length(text_.substr(at_)))) + "'";
  }

  void skip_space() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  void skip_comment() {
    if (peek() != '#') return;
    while (!at_end() && !at_newline()) {
      refuse_control();
      ++at_;
    }
  }
  [[nodiscard]] bool at_newline() const { return peek() == '\n' || (peek() == '\r' && peek(1) == '\n'); }
  bool take_newline() { return take("\n") || take("\r\n"); }
  void refuse_control() {
    const auto byte = static_cast<unsigned char>(peek());
    if ((byte < 0x20U && byte != '\t') || byte == 0x7FU) fail("a control character must be escaped");
  }
  void end_line() {
    skip_space();
    skip_comment();
    if (!at_end() && !take_newline()) fail("expected the end of the line" + found());
  }
  /// Space, comments and line ends, between the elements of a list.
  void skip_lines() {
    do {
      skip_space();
      skip_comment();
    } while (take_newline());
  }

  [[nodiscard]] static bool is_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }

  Key read_key() {
    Key key;
    key.place = place();
    for (;;) {
      skip_space();
      std::string part;
      if (peek() == '"' || peek() == '\'') {
        if (text_.substr(at_, 3) == std::string(3, peek())) fail("a key is a text of one line");
        part = read_text();
        if (part.empty() || !std::all_of(part.begin(), part.end(), is_bare)) part = '"' + part + '"';
      } else {
        while (is_bare(peek())) part += text_[at_++];
        if (part.empty()) fail("expected a key" + found());
      }
      key.parts.push_back(std::move(part));
      if (key.parts.size() > max_parts) fail(key.place, "a key has more than 16 parts");
      skip_space();
      if (!take(".")) return key;
    }
  }

  [[nodiscard]] static std::string joined(const std::string& base, const std::string& part) {
    return base.empty() ? part : base + "." + part;
  }

  void read_header() {
    const TomlPlace start = place();
    ++at_;
    if (peek() == '[') fail(start, "arrays of tables have no use in a configuration");
    skip_space();
    const Key key = read_key();
    expect(']');
    std::string path;
    for (std::size_t i = 0; i < key.parts.size(); ++i) {
      path = joined(path, key.parts[i]);
      const bool last = i + 1 == key.parts.size();
      const auto [seen, is_new] = origins_.emplace(path, last ? Origin::header : Origin::above_header);
      if (is_new) continue;
      if (seen->second == Origin::value) fail(key.place, path + " is a value already, not a table");
      if (seen->second == Origin::inline_table) fail(key.place, path + " is a closed table already");
      if (!last) continue;
      if (seen->second != Origin::above_header) fail(key.place, "table " + path + " is there twice");
      seen->second = Origin::header;
    }
    table_ = path;
    items_.push_back({path, key.place, {TomlKind::table, start, false, 0, 0, "", {}}});
  }

  /// `key = value`, inside the table `base`. Inside a list (`emitted` false) it is only checked.
  void read_entry(const std::string& base, bool emitted, int level) {
    const Key key = read_key();
    std::string path = base;
    for (std::size_t i = 0; i < key.parts.size(); ++i) {
      path = joined(path, key.parts[i]);
      const bool last = i + 1 == key.parts.size();
      const auto [seen, is_new] = origins_.emplace(path, last ? Origin::value : Origin::dotted_key);
      if (is_new) continue;
      if (last) fail(key.place, path + " is set twice");
      if (seen->second == Origin::value) fail(key.place, path + " is a value already, not a table");
      if (seen->second != Origin::dotted_key && seen->second != Origin::above_header)
        fail(key.place, path + " is a table of its own already: add to it there");
      seen->second = Origin::dotted_key;
    }
    expect('=');
    skip_space();
    const std::size_t index = items_.size();
    if (emitted) items_.push_back({path, key.place, {}});
    TomlValue value = read_value(path, emitted, level);
    if (value.kind == TomlKind::table) origins_[path] = Origin::inline_table;
    if (emitted) items_[index].value = std::move(value);
  }

  TomlValue read_value(const std::string& path, bool emitted, int level) {
    if (level >= max_levels) fail("lists and tables are nested more than 16 times");
    TomlValue value;
    value.place = place();
    if (peek() == '"' || peek() == '\'') {
      value.kind = TomlKind::text;
      value.text = read_text();
    } else if (peek() == '[') {
      value.kind = TomlKind::list;
      read_list(value, path, level);
    } else if (peek() == '{') {
      read_inline_table(path, emitted, level);
    } else if (take("true") || take("false")) {
      value.kind = TomlKind::boolean;
      value.boolean = text_[at_ - 2] == 'u';
      if (is_bare(peek())) fail(value.place, "expected a value");
    } else {
      read_number(value);
    }
    return value;
  }

  void read_list(TomlValue& list, const std::string& path, int level) {
    ++at_;
    for (;;) {
      skip_lines();
      if (take("]")) return;
      // A table inside a list cannot be a setting: its keys are checked under a path that no key can have.
      list.items.push_back(read_value(path + "[" + std::to_string(elements_++) + "]", false, level + 1));
      skip_lines();
      if (take("]")) return;
      if (!take(",")) fail("expected ',' or ']'" + found());
    }
  }

  void read_inline_table(const std::string& path, bool emitted, int level) {
    ++at_;
    skip_space();
    if (take("}")) return;
    for (;;) {
      skip_space();
      read_entry(path, emitted, level + 1);
      skip_space();
      if (take("}")) return;
      if (!take(",")) fail("expected ',' or '}'" + found());
    }
  }

  void read_number(TomlValue& value) {
    std::size_t end = at_;
    while (end < text_.size() && (is_bare(text_[end]) || text_[end] == '+' || text_[end] == '.' || text_[end] == ':'))
      ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) fail("expected a value" + found());
    const TomlNumber number = read_toml_number(word);
    if (!number.fault.empty()) fail(number.fault);
    value.kind = number.is_integer ? TomlKind::integer : TomlKind::number;
    value.integer = number.integer;
    value.number = number.number;
    at_ = end;
  }

  std::string read_text() {
    const char quote = peek();
    const std::string close(3, quote);
    const bool is_block = take(close);
    if (!is_block)
      ++at_;
    else
      (void)take_newline();
    std::string text;
    for (;;) {
      if (at_end()) fail("the text has no end");
      if (is_block && take(close)) {
        for (int more = 0; more < 2 && peek() == quote; ++more) text += text_[at_++];
        return text;
      }
      if (!is_block && peek() == quote) {
        ++at_;
        return text;
      }
      if (at_newline()) {
        if (!is_block) fail("the text has no end in its line");
        (void)take("\r");
        text += text_[at_++];
      } else if (quote == '"' && peek() == '\\') {
        read_escape(text, is_block);
      } else {
        refuse_control();
        text += text_[at_++];
      }
    }
  }

  void read_escape(std::string& text, bool is_block) {
    const std::size_t start = at_++;
    const char kind = peek();
    constexpr std::string_view names = "btnfr\"\\";
    constexpr std::string_view values = "\b\t\n\f\r\"\\";
    if (const std::size_t i = names.find(kind); kind != '\0' && i != std::string_view::npos) {
      ++at_;
      text += values[i];
    } else if (kind == 'u' || kind == 'U') {
      ++at_;
      std::uint32_t code = 0;
      for (int digit = kind == 'u' ? 4 : 8; digit > 0; --digit, ++at_) {
        const int value = hex_digit(peek());
        if (value < 0) fail(place_of(start), "an escape needs 4 or 8 hexadecimal digits");
        code = code << 4U | static_cast<std::uint32_t>(value);
      }
      if (code > 0x10FFFFU || (code >= 0xD800U && code <= 0xDFFFU)) fail(place_of(start), "the escape is no character");
      text += utf8_of(code);
    } else {
      skip_space();
      if (!is_block || !at_newline()) fail(place_of(start), "TOML has no such escape");
      do {
        skip_space();
      } while (take_newline());
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_to_ = 0;
  TomlPlace counted_;
  std::size_t elements_ = 0;
  std::string table_;
  std::map<std::string, Origin> origins_;
  std::vector<TomlItem> items_;
};

}  // namespace detail

DMDR_INLINE std::vector<TomlItem> parse_toml(std::string_view text) { return detail::TomlParser(text).parse(); }

}  // namespace dmdr::io
