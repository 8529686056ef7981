// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/eigen/initial.hpp>
#include <dmdr/eigen/rows.hpp>

namespace dmdr::eigen {

template <class T>
Tensor<T> time_embedding(const Times& times) {
  constexpr std::int64_t frequencies = 16;
  const Shape shape{times.rows(), 2 * frequencies};
  auto buffer = std::make_shared<tape::Buffer<T>>(shape.numel());
  static const std::vector<double> table = [] {
    std::vector<double> f;
    for (std::int64_t j = 0; j < frequencies; ++j)
      f.push_back(std::pow(100.0, static_cast<double>(j) / (frequencies - 1)));
    return f;
  }();
  T* row = buffer->data();
  for (std::int64_t i = 0; i < times.rows(); ++i, row += 2 * frequencies) {
    if (i > 0 && times[i] == times[i - 1]) {  // a solver's step has one time for all
      write_elements<T>(row - 2 * frequencies, row, 2 * frequencies, Write::replace);
      continue;
    }
    for (std::int64_t j = 0; j < frequencies; ++j) {
      const double angle = table[static_cast<std::size_t>(j)] * times[i];
      row[j] = static_cast<T>(std::sin(angle));
      row[frequencies + j] = static_cast<T>(std::cos(angle));
    }
  }
  return {tape::leaf<T>(shape, std::move(buffer))};
}

template <class T>
ClassMlpNetwork<T>::ClassMlpNetwork(const B& backend, const ClassMlp& spec, RandomSource& random, Location where)
    : ClassMlpNetwork(backend, spec) {
  if (spec.data_size < 1 || spec.classes < 1 || spec.width < 1 || spec.blocks < 0 || spec.adapter_rank < 1)
    throw ConfigError("ClassMlp: data_size, classes, width and adapter_rank must be at least 1, and blocks at least 0",
                      where);
  const auto draw = [&](const std::string& name, std::int64_t out, std::int64_t in, double gain) {
    base_.emplace(name, initial_normal(backend_, "class_mlp/" + name, {out, in},
                                       gain / std::sqrt(static_cast<double>(in)), random));
  };
  draw("in.weight", spec.width, spec.data_size, 1);
  draw("time.weight", spec.width, embedding_size, 1);
  base_.emplace("class.weight",
                initial_normal(backend_, "class_mlp/class.weight", {spec.classes + 1, spec.width}, class_std, random));
  draw("out.weight", spec.data_size, spec.width, 1e-3);
  for (const Block& block : blocks_) {
    draw(block.w1.weight, spec.width, spec.width, 1);
    draw(block.w2.weight, spec.width, spec.width, 0.3);
    draw(block.u.weight, spec.width, spec.width, 1);
    base_.emplace(block.b, initial_zero(backend_, {spec.width}));
  }
  draw_adapter(random);
}

template <class T>
auto ClassMlpNetwork<T>::predict(const Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale,
                                 Location where) const -> Tensor {
  const Shape shape = shape_of(x);
  if (shape.rank() != 2 || shape[1] != spec_.data_size)
    throw ShapeError("ClassMlp: x must be [B, " + std::to_string(spec_.data_size) + "], got " + shape.str(), where);
  if (times.rows() != shape[0] || labels.rows() != shape[0])
    throw ShapeError("ClassMlp: x " + shape.str() + " comes with " + std::to_string(times.rows()) + " times and " +
                         std::to_string(labels.rows()) + " labels",
                     where);
  if (shape[0] == 0) throw NumericError("ClassMlp: the batch is empty", where);
  const Tensor classes = embedding_rows(base_.at("class.weight"), table_rows(labels, where), where);
  const Tensor e = silu(linear_sum<T>({{time_embedding<T>(times), base_.at("time.weight")}}, {.rows = classes}));
  Tensor h = linear(x, base_.at("in.weight"), where);
  for (const Block& block : blocks_) {
    std::vector<Product<T>> inner = adapted(block.w1, rms_norm(h), adapter_scale);
    for (Product<T>& product : adapted(block.u, e, adapter_scale)) inner.push_back(std::move(product));
    const Tensor y = silu(linear_sum<T>(inner, {.bias = base_.at(block.b)}));
    h = linear_sum<T>(adapted(block.w2, y, adapter_scale), {.rows = h});
  }
  return linear(silu(rms_norm(h)), base_.at("out.weight"));
}

template <class T>
auto ClassMlpNetwork<T>::clone() const -> ClassMlpNetwork {
  ClassMlpNetwork copy(backend_, spec_);
  for (const auto& [name, tensor] : base_) copy.base_.emplace(name, cloned(tensor));
  for (const auto& [name, tensor] : adapter_) copy.adapter_.emplace(name, cloned(tensor));
  return copy;
}

template <class T>
auto ClassMlpNetwork<T>::share(RandomSource& random) const -> ClassMlpNetwork {
  ClassMlpNetwork other(backend_, spec_);
  for (const auto& [name, tensor] : base_) other.base_.emplace(name, B::detach(tensor));
  other.draw_adapter(random);
  return other;
}

template <class T>
ClassMlpNetwork<T>::ClassMlpNetwork(const B& backend, const ClassMlp& spec) : backend_(backend), spec_(spec) {
  for (std::int64_t i = 0; i < spec.blocks; ++i) blocks_.emplace_back("blocks." + std::to_string(i));
}

template <class T>
void ClassMlpNetwork<T>::draw_adapter(RandomSource& random) {
  const std::int64_t rank = spec_.adapter_rank, width = spec_.width;
  for (const Block& block : blocks_)
    for (const Linear* layer : {&block.w1, &block.w2, &block.u}) {
      adapter_.emplace(layer->a, initial_normal(backend_, "class_mlp/" + layer->a, {rank, width},
                                                1.0 / static_cast<double>(rank), random));
      adapter_.emplace(layer->b, initial_zero(backend_, {width, rank}));
    }
}

template <class T>
auto ClassMlpNetwork<T>::adapted(const Linear& layer, const Tensor& x, double scale) const -> std::vector<Product<T>> {
  std::vector<Product<T>> products{{x, base_.at(layer.weight)}};
  if (scale != 0) products.push_back({linear(x, adapter_.at(layer.a)), adapter_.at(layer.b), scale});
  return products;
}

template <class T>
auto ClassMlpNetwork<T>::table_rows(const ClassLabels& labels, Location where) const -> std::vector<std::int64_t> {
  std::vector<std::int64_t> rows = labels.ids();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != ClassLabels::null_label && (rows[i] < 0 || rows[i] >= spec_.classes))
      throw NumericError("ClassMlp: label " + std::to_string(rows[i]) + " of sample " + std::to_string(i) +
                             " is outside [0, " + std::to_string(spec_.classes) + ") and not the null label -1",
                         where);
    if (rows[i] == ClassLabels::null_label) rows[i] = spec_.classes;
  }
  return rows;
}

template <class T>
auto ClassMlpNetwork<T>::cloned(const Tensor& tensor) -> Tensor {
  const Tensor copy = B::parameter(tensor);
  return B::requires_grad(tensor) ? copy : B::detach(copy);
}

}  // namespace dmdr::eigen
