// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/time.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/eigen/initial.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {
namespace eigen {

/// `[sin(f_0 t) .. sin(f_15 t), cos(f_0 t) .. cos(f_15 t)]`, f_j = 100^(j/15): `[B, 32]`. Computed in double, then
/// rounded.
template <class T>
[[nodiscard]] Tensor<T> time_embedding(const Times& times) {
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

/// The denoiser of `ClassMlp` on the Eigen backend: its doc has the formula, docs/reference/eigen.md the names of the
/// tensors.
///
/// All parameters of a new network require a gradient. It can be moved; `clone()` and `share()` say how another one is
/// meant.
template <class T>
class ClassMlpNetwork {
 public:
  using Tensor = eigen::Tensor<T>;
  using Condition = ClassLabels;
  using B = EigenCpu<T>;

  /// Weights are normal with std 1/sqrt(fan-in); `out.weight` starts x1e-3 and `w2` x0.3, so that a new network
  /// predicts nearly zero.
  ///
  /// Draws are the streams `class_mlp/<name>`. Throws `ConfigError` where an extent of `spec` is out of range.
  ClassMlpNetwork(const B& backend, const ClassMlp& spec, RandomSource& random, Location where = Location::current())
      : ClassMlpNetwork(backend, spec) {
    if (spec.data_size < 1 || spec.classes < 1 || spec.width < 1 || spec.blocks < 0 || spec.adapter_rank < 1)
      throw ConfigError(
          "ClassMlp: data_size, classes, width and adapter_rank must be at least 1, and blocks at least 0", where);
    const auto draw = [&](const std::string& name, std::int64_t out, std::int64_t in, double gain) {
      base_.emplace(name, initial_normal(backend_, "class_mlp/" + name, {out, in},
                                         gain / std::sqrt(static_cast<double>(in)), random));
    };
    draw("in.weight", spec.width, spec.data_size, 1);
    draw("time.weight", spec.width, embedding_size, 1);
    base_.emplace("class.weight", initial_normal(backend_, "class_mlp/class.weight", {spec.classes + 1, spec.width},
                                                 class_std, random));
    draw("out.weight", spec.data_size, spec.width, 1e-3);
    for (const Block& block : blocks_) {
      draw(block.w1.weight, spec.width, spec.width, 1);
      draw(block.w2.weight, spec.width, spec.width, 0.3);
      draw(block.u.weight, spec.width, spec.width, 1);
      base_.emplace(block.b, initial_zero(backend_, {spec.width}));
    }
    draw_adapter(random);
  }
  ClassMlpNetwork(ClassMlpNetwork&&) noexcept = default;
  ClassMlpNetwork& operator=(ClassMlpNetwork&&) noexcept = default;
  ~ClassMlpNetwork() = default;

  /// The velocity at `x` `[B, data_size]`: as `x`.
  ///
  /// Scale 0 is the base alone, bit for bit, and costs nothing of the adapter. Throws `ShapeError` where x is not `[B,
  /// data_size]` or has not one time and one label a sample, `NumericError` for an empty batch and for a label that is
  /// neither a class nor the null label.
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale = 0,
                               Location where = Location::current()) const {
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

  [[nodiscard]] Parameters<Tensor>& base() noexcept { return base_; }
  [[nodiscard]] const Parameters<Tensor>& base() const noexcept { return base_; }
  [[nodiscard]] Parameters<Tensor>& adapter() noexcept { return adapter_; }
  [[nodiscard]] const Parameters<Tensor>& adapter() const noexcept { return adapter_; }
  [[nodiscard]] const ClassMlp& spec() const noexcept { return spec_; }

  /// A copy of every tensor; what requires a gradient here does so there. Gradients are not copied.
  [[nodiscard]] ClassMlpNetwork clone() const {
    ClassMlpNetwork copy(backend_, spec_);
    for (const auto& [name, tensor] : base_) copy.base_.emplace(name, cloned(tensor));
    for (const auto& [name, tensor] : adapter_) copy.adapter_.emplace(name, cloned(tensor));
    return copy;
  }
  /// A network over the same base elements, which no gradient of it reaches, with a new adapter whose contribution is
  /// zero.
  [[nodiscard]] ClassMlpNetwork share(RandomSource& random) const {
    ClassMlpNetwork other(backend_, spec_);
    for (const auto& [name, tensor] : base_) other.base_.emplace(name, B::detach(tensor));
    other.draw_adapter(random);
    return other;
  }

 private:
  /// Names of a weight and of its adapter.
  struct Linear {
    explicit Linear(const std::string& prefix)
        : weight(prefix + ".weight"), a(prefix + ".lora_a"), b(prefix + ".lora_b") {}
    std::string weight, a, b;
  };
  struct Block {
    explicit Block(const std::string& prefix)
        : w1(prefix + ".w1"), w2(prefix + ".w2"), u(prefix + ".u"), b(prefix + ".b") {}
    Linear w1, w2, u;
    std::string b;
  };
  static constexpr std::int64_t embedding_size = 32;
  static constexpr double class_std = 0.02;

  ClassMlpNetwork(const B& backend, const ClassMlp& spec) : backend_(backend), spec_(spec) {
    for (std::int64_t i = 0; i < spec.blocks; ++i) blocks_.emplace_back("blocks." + std::to_string(i));
  }

  void draw_adapter(RandomSource& random) {
    const std::int64_t rank = spec_.adapter_rank, width = spec_.width;
    for (const Block& block : blocks_)
      for (const Linear* layer : {&block.w1, &block.w2, &block.u}) {
        adapter_.emplace(layer->a, initial_normal(backend_, "class_mlp/" + layer->a, {rank, width},
                                                  1.0 / static_cast<double>(rank), random));
        adapter_.emplace(layer->b, initial_zero(backend_, {width, rank}));
      }
  }
  /// `W x + s B (A x)` as products of a sum.
  [[nodiscard]] std::vector<Product<T>> adapted(const Linear& layer, const Tensor& x, double scale) const {
    std::vector<Product<T>> products{{x, base_.at(layer.weight)}};
    if (scale != 0) products.push_back({linear(x, adapter_.at(layer.a)), adapter_.at(layer.b), scale});
    return products;
  }
  [[nodiscard]] std::vector<std::int64_t> table_rows(const ClassLabels& labels, Location where) const {
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
  [[nodiscard]] static Tensor cloned(const Tensor& tensor) {
    const Tensor copy = B::parameter(tensor);
    return B::requires_grad(tensor) ? copy : B::detach(copy);
  }

  B backend_;
  ClassMlp spec_;
  std::vector<Block> blocks_;
  Parameters<Tensor> base_, adapter_;
};

static_assert(DenoiserNetwork<ClassMlpNetwork<float>> && DenoiserNetwork<ClassMlpNetwork<double>>);

}  // namespace eigen

template <class T>
struct network_of<EigenCpu<T>, ClassMlp> {
  using type = eigen::ClassMlpNetwork<T>;
};

}  // namespace dmdr
