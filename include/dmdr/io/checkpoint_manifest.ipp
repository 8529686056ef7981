// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/checkpoint_manifest.hpp>
#include <dmdr/io/digest.hpp>

namespace dmdr::io {
namespace detail {

inline constexpr std::string_view manifest_digest_begin = ",\n  \"manifest_xxh3_128\": \"";
inline constexpr std::string_view manifest_digest_end = "\"\n}\n";
inline constexpr std::size_t digest_digits = 32;

/// True where the last line holds the digest of what stands before it.
[[nodiscard]] DMDR_INLINE bool manifest_verifies(const std::string& text) {
  const std::size_t tail = manifest_digest_begin.size() + digest_digits + manifest_digest_end.size();
  if (text.size() < tail) return false;
  const std::string body = text.substr(0, text.size() - tail);
  return text.substr(body.size()) ==
         std::string(manifest_digest_begin) + xxh3_128(body) + std::string(manifest_digest_end);
}

}  // namespace detail

DMDR_INLINE std::string manifest_text(const CheckpointManifest& manifest) {
  nlohmann::ordered_json json;
  json["format"] = newest_checkpoint_format;
  json["step"] = manifest.step;
  json["serial"] = manifest.serial;
  json["files"] = nlohmann::ordered_json::array();
  for (const CheckpointFile& file : manifest.files) {
    nlohmann::ordered_json entry;
    entry["name"] = file.name;
    entry["bytes"] = file.bytes;
    entry["xxh3_128"] = file.xxh3_128;
    entry["tensors"] = nlohmann::ordered_json::object();
    for (const auto& [name, digest] : file.tensors) entry["tensors"][name] = digest;
    json["files"].push_back(entry);
  }
  std::string body = json.dump(2);
  body.resize(body.size() - 2);  // without the closing "\n}"
  return body + std::string(detail::manifest_digest_begin) + xxh3_128(body) + std::string(detail::manifest_digest_end);
}

DMDR_INLINE CheckpointManifest parse_manifest(const std::string& text, const std::string& name, Location where) {
  const auto fail = [&](const std::string& what) {
    throw FileError("read checkpoint manifest \"" + name + "\": " + what, where);
  };
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) fail("it is not a JSON object");
  const auto format = json.find("format");
  if (format == json.end() || !format->is_number_integer()) fail("it has no format version");
  if (*format < oldest_checkpoint_format || *format > newest_checkpoint_format)
    fail("format " + format->dump() + ", this build reads " + std::to_string(oldest_checkpoint_format) + ".." +
         std::to_string(newest_checkpoint_format));
  if (!detail::manifest_verifies(text)) fail("it is damaged: its own xxh3-128 differs");

  CheckpointManifest manifest;
  try {
    manifest.step = json.at("step").get<std::int64_t>();
    manifest.serial = json.at("serial").get<std::int64_t>();
    for (const nlohmann::json& entry : json.at("files")) {
      CheckpointFile file;
      file.name = entry.at("name").get<std::string>();
      file.bytes = entry.at("bytes").get<std::uint64_t>();
      file.xxh3_128 = entry.at("xxh3_128").get<std::string>();
      for (const auto& [tensor, digest] : entry.at("tensors").items()) file.tensors[tensor] = digest.get<std::string>();
      manifest.files.push_back(file);
    }
  } catch (const nlohmann::json::exception& error) {
    fail(std::string("a field is missing or of another type: ") + error.what());
  }
  if (manifest.files.size() != 1)
    fail("it names " + std::to_string(manifest.files.size()) + " data files instead of one");
  if (manifest.files.front().name.find('/') != std::string::npos) fail("it names a file outside its directory");
  return manifest;
}

}  // namespace dmdr::io
