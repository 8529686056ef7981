// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "checkpoint_facts.hpp"

#include <charconv>

#include <dmdr/core/error.hpp>

namespace sample {

namespace {

template <class T>
T parsed(const dmdr::io::SafetensorsFile& file, const std::string& key, const std::string& path, T low, T high,
         const std::string& expected) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw dmdr::FileError("sample: " + path + " does not say its number of " + key + ": its metadata lack '" + key +
                          "'");
  const std::string& text = found->second;
  T number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !(number >= low && number <= high))
    throw dmdr::FileError("sample: " + path + " gives '" + text + "' as its number of " + key + ", expected " +
                          expected);
  return number;
}

}  // namespace

std::int64_t metadata_number(const dmdr::io::SafetensorsFile& file, const std::string& key, const std::string& path) {
  return parsed<std::int64_t>(file, key, path, 1, 1000, "1 to 1000");
}

double metadata_real(const dmdr::io::SafetensorsFile& file, const std::string& key, const std::string& path) {
  return parsed<double>(file, key, path, 1e-3, 1e3, ".001 to 1000");
}

void require_generator(const dmdr::io::SafetensorsFile& file, const std::string& generator,
                       const std::string& other_program, const std::string& path) {
  const auto found = file.metadata.find("generator");
  if (found != file.metadata.end() && found->second != generator)
    throw dmdr::FileError("sample: " + path + " holds a " + found->second + ", and this program draws from a " +
                          generator + "; try the program " + other_program);
}

}  // namespace sample
