// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/json_text.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/io/safetensors_header.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

inline constexpr std::size_t header_length_bytes = 8;

/// Reads a file of `size` bytes that `take` hands out piece by piece, in their order.
template <class Take>
[[nodiscard]] SafetensorsFile read_safetensors_from(std::uint64_t size, const Take& take, const std::string& name,
                                                    Location where) {
  const auto fail = [&](SafetensorsFault fault, const std::string& place) {
    throw SafetensorsError(fault, name, place, where);
  };
  if (size == 0) fail(SafetensorsFault::empty_file, "");
  if (size < header_length_bytes) fail(SafetensorsFault::no_header_length, "");

  Digester digest;
  std::array<std::byte, header_length_bytes> length_bytes{};
  take(std::span<std::byte>(length_bytes));
  digest.update(length_bytes);
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < header_length_bytes; ++i)
    length |= std::to_integer<std::uint64_t>(length_bytes[i]) << 8 * i;
  if (length == 0) fail(SafetensorsFault::header_empty, "");
  if (length >> 63U != 0) fail(SafetensorsFault::header_length_overflow, std::to_string(length) + " bytes");
  if (length > max_safetensors_header) fail(SafetensorsFault::header_too_long, std::to_string(length) + " bytes");
  if (length > size - header_length_bytes)
    fail(SafetensorsFault::header_beyond_end,
         std::to_string(length) + " bytes in a file of " + std::to_string(size) + " bytes");

  std::string header(length, '\0');
  take(std::as_writable_bytes(std::span<char>(header)));
  digest.update(std::as_bytes(std::span<const char>(header)));
  TableOfContents table = parse_safetensors_header(header, size - header_length_bytes - length, name, where);

  SafetensorsFile file;
  file.metadata = std::move(table.metadata);
  for (const TensorEntry& entry : table.entries) {
    HostTensor& tensor = file.tensors[std::string(entry.name)];
    tensor.shape = entry.shape;
    tensor.dtype = entry.dtype;
    tensor.bytes.resize(entry.end - entry.begin);
    take(std::span<std::byte>(tensor.bytes));
    digest.update(tensor.bytes);
  }
  file.xxh3_128 = digest.hex();
  return file;
}

[[nodiscard]] constexpr std::string_view safetensors_name(Dtype dtype) noexcept {
  switch (dtype) {
    case Dtype::f64: return "F64";
    case Dtype::f32: return "F32";
    case Dtype::f16: return "F16";
    case Dtype::bf16: return "BF16";
    case Dtype::i64: return "I64";
    case Dtype::i32: return "I32";
    case Dtype::u8: return "U8";
  }
  return "";
}

/// Place of a dtype in the order in which the format's own package lays tensors out, last first.
[[nodiscard]] constexpr int safetensors_order(Dtype dtype) noexcept {
  switch (dtype) {
    case Dtype::u8: return 0;
    case Dtype::f16: return 1;
    case Dtype::bf16: return 2;
    case Dtype::i32: return 3;
    case Dtype::f32: return 4;
    case Dtype::f64: return 5;
    case Dtype::i64: return 6;
  }
  return -1;
}

/// The header with its length in front, and the tensors in the order of their bytes.
struct SafetensorsPlan {
  std::string head;
  std::vector<const HostTensor*> order;
};

[[nodiscard]] DMDR_INLINE SafetensorsPlan plan_safetensors(const NamedTensors& tensors, const Metadata& metadata,
                                                           Location where) {
  using Entry = NamedTensors::value_type;
  std::vector<const Entry*> order;
  for (const Entry& entry : tensors) {
    const auto& [name, tensor] = entry;
    if (!is_utf8(name)) throw FileError("write safetensors: a tensor's name is not valid UTF-8", where);
    if (name == "__metadata__") throw FileError("write safetensors: a tensor cannot be named __metadata__", where);
    if (tensor.bytes.size() != static_cast<std::size_t>(tensor.shape.numel()) * size_of(tensor.dtype))
      throw ShapeError("write safetensors: tensor \"" + name + "\" " + tensor.shape.str() + " " +
                           std::string(name_of(tensor.dtype)) + " holds " + std::to_string(tensor.bytes.size()) +
                           " bytes",
                       where);
    order.push_back(&entry);
  }
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    return safetensors_order(a->second.dtype) > safetensors_order(b->second.dtype);
  });

  SafetensorsPlan plan;
  std::string json = "{";
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
      if (!is_utf8(key) || !is_utf8(value))
        throw FileError("write safetensors: a text of the metadata is not valid UTF-8", where);
      if (json.back() != '{') json += ',';
      append_json_text(json, key);
      json += ':';
      append_json_text(json, value);
    }
    json += '}';
  }
  std::size_t offset = 0;
  for (const Entry* entry : order) {
    const auto& [name, tensor] = *entry;
    if (json.back() != '{') json += ',';
    append_json_text(json, name);
    ((json += ":{\"dtype\":\"") += safetensors_name(tensor.dtype)) += "\",\"shape\":[";
    for (int axis = 0; axis < tensor.shape.rank(); ++axis)
      (json += axis == 0 ? "" : ",") += std::to_string(tensor.shape[axis]);
    json += "],\"data_offsets\":[" + std::to_string(offset) + "," + std::to_string(offset + tensor.bytes.size()) + "]}";
    offset += tensor.bytes.size();
    plan.order.push_back(&tensor);
  }
  json += '}';
  json.resize((json.size() + header_length_bytes - 1) / header_length_bytes * header_length_bytes, ' ');
  if (json.size() > max_safetensors_header)
    throw FileError("write safetensors: the table of contents needs " + std::to_string(json.size()) +
                        " bytes; at most 100,000,000 are allowed",
                    where);
  for (std::size_t i = 0; i < header_length_bytes; ++i)
    plan.head += static_cast<char>(static_cast<unsigned char>(json.size() >> 8 * i & 0xFFU));
  plan.head += json;
  return plan;
}

}  // namespace detail

DMDR_INLINE SafetensorsFile read_safetensors(const std::string& path, FileSystem& file_system, Location where) {
  File file(file_system, path, OpenMode::read, "read safetensors", where);
  return detail::read_safetensors_from(
      file.size(), [&](std::span<std::byte> into) { file.read_exactly(into); }, path, where);
}

DMDR_INLINE SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                                              Location where) {
  std::span<const std::byte> rest = bytes;
  const auto take = [&](std::span<std::byte> into) {
    if (!into.empty()) std::memcpy(into.data(), rest.data(), into.size());
    rest = rest.subspan(into.size());
  };
  return detail::read_safetensors_from(bytes.size(), take, name, where);
}

DMDR_INLINE std::vector<std::byte> serialise_safetensors(const NamedTensors& tensors, const Metadata& metadata,
                                                         Location where) {
  const detail::SafetensorsPlan plan = detail::plan_safetensors(tensors, metadata, where);
  const std::span<const std::byte> head = bytes_of(plan.head);
  std::vector<std::byte> bytes(head.begin(), head.end());
  for (const HostTensor* tensor : plan.order) bytes.insert(bytes.end(), tensor->bytes.begin(), tensor->bytes.end());
  return bytes;
}

DMDR_INLINE WrittenFile write_safetensors(const std::string& path, const NamedTensors& tensors,
                                          const Metadata& metadata, FileSystem& file_system, Location where) {
  const detail::SafetensorsPlan plan = detail::plan_safetensors(tensors, metadata, where);
  Chunks chunks{bytes_of(plan.head)};
  for (const HostTensor* tensor : plan.order) chunks.emplace_back(tensor->bytes);
  Digester digest;
  std::uint64_t bytes = 0;
  for (const std::span<const std::byte> chunk : chunks) {
    digest.update(chunk);
    bytes += chunk.size();
  }
  write_file_atomically(file_system, path, chunks, where);
  return {bytes, digest.hex()};
}

}  // namespace dmdr::io
