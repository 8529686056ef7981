// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "modulated_norm.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

namespace dmdr::libtorch {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

constexpr double eps = 1e-6;

at::Tensor by_operators(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale) {
  const at::Tensor normed = at::layer_norm(x, {x.size(2)}, {}, {}, eps);
  return at::addcmul(shift.unsqueeze(1), normed, scale.unsqueeze(1) + 1);
}

// Sums of several numbers an element, each in partial sums of a fixed order: one sum alone would wait for every addition.
template <std::size_t Count, class T, class F>
std::array<T, Count> sums(std::int64_t size, const F& at) {
  constexpr std::int64_t lanes = 16;
  T parts[Count][lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes)
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      const std::array<T, Count> values = at(i + lane);
      for (std::size_t k = 0; k < Count; ++k) parts[k][lane] += values[k];
    }
  for (std::int64_t lane = 0; i < size; ++i, ++lane) {
    const std::array<T, Count> values = at(i);
    for (std::size_t k = 0; k < Count; ++k) parts[k][lane] += values[k];
  }
  std::array<T, Count> all{};
  for (std::size_t k = 0; k < Count; ++k)
    for (const T part : parts[k]) all[k] += part;
  return all;
}

struct Extents {
  std::int64_t batch, tokens, width;
};
Extents extents_of(const at::Tensor& x) { return {x.size(0), x.size(1), x.size(2)}; }

// `stats` gets mean and 1 / deviation of every token.
template <class T>
void norm_forward(const Extents& n, const T* x, const T* shift, const T* scale, T* out, T* stats) {
  const T over = T(1) / static_cast<T>(n.width);
  at::parallel_for(0, n.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const T *const add = shift + b * n.width, *const times = scale + b * n.width;
      for (std::int64_t token = b * n.tokens; token < (b + 1) * n.tokens; ++token) {
        const T* const in = x + token * n.width;
        T* const to = out + token * n.width;
        const T mean = sums<1, T>(n.width, [&](std::int64_t i) { return std::array<T, 1>{in[i]}; })[0] * over;
        const T square =
            sums<1, T>(n.width, [&](std::int64_t i) { return std::array<T, 1>{(in[i] - mean) * (in[i] - mean)}; })[0];
        const T rate = T(1) / std::sqrt(square * over + static_cast<T>(eps));
        for (std::int64_t i = 0; i < n.width; ++i) to[i] = (in[i] - mean) * rate * (times[i] + T(1)) + add[i];
        stats[2 * token] = mean;
        stats[2 * token + 1] = rate;
      }
    }
  });
}

// A null pointer: that gradient is not wanted; those of shift and scale are added to.
template <class T>
void norm_backward(const Extents& n, const T* given, const T* x, const T* scale, const T* stats, T* for_x, T* for_shift,
                   T* for_scale) {
  const T over = T(1) / static_cast<T>(n.width);
  at::parallel_for(0, n.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const T* const times = scale + b * n.width;
      for (std::int64_t token = b * n.tokens; token < (b + 1) * n.tokens; ++token) {
        const T *const in = x + token * n.width, *const g = given + token * n.width;
        const T mean = stats[2 * token], rate = stats[2 * token + 1];
        if (for_shift != nullptr)
          for (std::int64_t i = 0; i < n.width; ++i) for_shift[b * n.width + i] += g[i];
        if (for_scale != nullptr)
          for (std::int64_t i = 0; i < n.width; ++i) for_scale[b * n.width + i] += g[i] * (in[i] - mean) * rate;
        if (for_x == nullptr) continue;
        T* const to = for_x + token * n.width;
        const std::array<T, 2> total = sums<2, T>(n.width, [&](std::int64_t i) {
          const T h = g[i] * (times[i] + T(1));
          return std::array<T, 2>{h, h * (in[i] - mean) * rate};
        });
        const T first = total[0] * over, second = total[1] * over;
        for (std::int64_t i = 0; i < n.width; ++i)
          to[i] = rate * (g[i] * (times[i] + T(1)) - first - (in[i] - mean) * rate * second);
      }
    }
  });
}

// A modulated norm in the graph.
class ModulatedNormNode final : public torch::autograd::Node {
 public:
  ModulatedNormNode(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale, const at::Tensor& stats)
      : x_(x, false), shift_(shift, false), scale_(scale, false), stats_(stats, false) {
    const std::array<at::Tensor, 3> inputs{x, shift, scale};
    set_next_edges(torch::autograd::collect_next_edges(at::ArrayRef<at::Tensor>(inputs)));
  }

  variable_list apply(variable_list&& gradients) override {
    const std::lock_guard lock(mutex_);
    variable_list out(3);
    if (!gradients[0].defined()) return out;
    const at::Tensor x = x_.unpack(), scale = scale_.unpack(), stats = stats_.unpack();
    // Under `create_graph` the gradients need a history of their own, which loops over numbers cannot give them.
    if (c10::GradMode::is_enabled()) {
      const variable_list inputs{x, shift_.unpack(), scale};
      variable_list wanted;
      for (std::size_t k = 0; k < 3; ++k)
        if (task_should_compute_output(k)) wanted.push_back(inputs[k]);
      const variable_list found = torch::autograd::grad({by_operators(inputs[0], inputs[1], inputs[2])}, wanted,
                                                        {gradients[0]}, std::nullopt, /*create_graph=*/true);
      for (std::size_t k = 0, next = 0; k < 3; ++k)
        if (task_should_compute_output(k)) out[k] = found[next++];
      return out;
    }
    const at::Tensor given = gradients[0].contiguous();
    if (task_should_compute_output(0)) out[0] = at::empty_like(x);
    if (task_should_compute_output(1)) out[1] = at::zeros_like(scale);
    if (task_should_compute_output(2)) out[2] = at::zeros_like(scale);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "modulated_norm", [&] {
      const auto target = [](const at::Tensor& tensor) {
        return tensor.defined() ? tensor.mutable_data_ptr<scalar_t>() : nullptr;
      };
      norm_backward<scalar_t>(extents_of(x), given.const_data_ptr<scalar_t>(), x.const_data_ptr<scalar_t>(),
                              scale.const_data_ptr<scalar_t>(), stats.const_data_ptr<scalar_t>(), target(out[0]),
                              target(out[1]), target(out[2]));
    });
    return out;
  }

  void release_variables() override {
    const std::lock_guard lock(mutex_);
    for (SavedVariable* const saved : {&x_, &shift_, &scale_, &stats_}) saved->reset_data();
  }

  std::string name() const override { return "DmdrModulatedNorm"; }

 private:
  SavedVariable x_, shift_, scale_, stats_;
};

}  // namespace

at::Tensor modulated_norm(const at::Tensor& x, const at::Tensor& shift_view, const at::Tensor& scale_view) {
  const c10::ScalarType type = x.scalar_type();
  const bool own = x.is_cpu() && x.is_contiguous() && (type == c10::kFloat || type == c10::kDouble) &&
                   shift_view.scalar_type() == type && scale_view.scalar_type() == type;
  if (!own) return by_operators(x, shift_view, scale_view);
  const at::Tensor shift = shift_view.contiguous(), scale = scale_view.contiguous();
  at::Tensor out, stats;
  {
    const c10::NoGradGuard no_grad;
    out = at::empty_like(x);
    stats = at::empty({x.size(0), x.size(1), 2}, x.options());
    AT_DISPATCH_FLOATING_TYPES(type, "modulated_norm", [&] {
      norm_forward<scalar_t>(extents_of(x), x.const_data_ptr<scalar_t>(), shift.const_data_ptr<scalar_t>(),
                             scale.const_data_ptr<scalar_t>(), out.mutable_data_ptr<scalar_t>(),
                             stats.mutable_data_ptr<scalar_t>());
    });
  }
  if (c10::GradMode::is_enabled() && (x.requires_grad() || shift.requires_grad() || scale.requires_grad()))
    torch::autograd::set_history(out,
                                 std::shared_ptr<torch::autograd::Node>(new ModulatedNormNode(x, shift, scale, stats),
                                                                        torch::autograd::deleteNode));
  return out;
}

}  // namespace dmdr::libtorch
