// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "linear.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/backend.hpp>

namespace dmdr::libtorch {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

// LibTorch's own product by oneDNN, made for its compiler: x W^T + bias of dense tensors. It has no gradient.
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, std::string_view,
                             c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

const std::optional<c10::TypedOperatorHandle<Pointwise>>& pointwise() {
  static const auto found = []() -> std::optional<c10::TypedOperatorHandle<Pointwise>> {
    const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!schema || !schema->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
    return schema->typed<Pointwise>();
  }();
  return found;
}

// MKL takes its kernels for AVX-512 on its maker's processors only, oneDNN wherever there are the instructions.
bool onednn_is_faster() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_is("intel") == 0;
#else
  return false;
#endif
}

std::atomic<Products> products_asked_for{Products::automatic};

// Small products are not worth what a call of oneDNN costs; and under `create_graph` each must have a gradient.
bool by_onednn(const at::Tensor& x, const at::Tensor& weight) {
  constexpr std::int64_t small = 64;
  return x.scalar_type() == c10::kFloat && x.size(0) >= small && weight.size(0) >= small && weight.size(1) >= small &&
         !c10::GradMode::is_enabled() && products() == Products::onednn;
}

// x W^T + bias; x [rows, in], W [out, in].
at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {}) {
  if (!by_onednn(x, weight)) return at::linear(x, weight, bias);
  at::internal::lazy_init_num_threads();  // oneDNN asks OpenMP, which a new thread tells of all processors until then
  const std::optional<at::Tensor> added = bias.defined() ? std::optional(bias) : std::nullopt;
  return pointwise()->call(x, weight, added, "none", c10::List<std::optional<at::Scalar>>(), "");
}

bool has_adapter(const LowRank& adapter) { return adapter.a.defined(); }

// Whether W + gain B A takes fewer operations than to multiply each of the rows with A and B.
bool merged_is_cheaper(std::int64_t rows, const at::Tensor& weight) {
  const std::int64_t out = weight.size(0), in = weight.size(1);
  return rows > in * out / (in + out);
}

// A layer and its adapter in the graph.
class LinearNode final : public torch::autograd::Node {
 public:
  // `hidden` is x A^T.
  LinearNode(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const LowRank& adapter,
             const at::Tensor& hidden)
      : gain_(adapter.gain), adapted_(has_adapter(adapter)) {
    const std::array<at::Tensor, 5> inputs{x, weight, bias, adapter.a, adapter.b};
    set_next_edges(torch::autograd::collect_next_edges(at::ArrayRef<at::Tensor>(inputs)));
    const bool for_a = adapted_ && adapter.a.requires_grad();
    if (weight.requires_grad() || for_a) x_ = SavedVariable(x, false);
    if (x.requires_grad()) weight_ = SavedVariable(weight, false);
    if (!adapted_) return;
    a_ = SavedVariable(adapter.a, false);
    b_ = SavedVariable(adapter.b, false);
    if (adapter.b.requires_grad()) hidden_ = SavedVariable(hidden, false);
  }

  variable_list apply(variable_list&& gradients) override {
    const std::lock_guard lock(mutex_);
    variable_list out(5);
    if (!gradients[0].defined()) return out;
    const at::Tensor given = gradients[0].reshape({-1, gradients[0].size(-1)});
    const auto wants = [this](std::size_t k) { return task_should_compute_output(k); };
    const at::Tensor x = x_.unpack(), flat = x.defined() ? x.reshape({-1, x.size(-1)}) : x;
    at::Tensor hidden_given;  // the gradient of x A^T
    if (adapted_ && (wants(0) || wants(3))) hidden_given = product(given, b_.unpack().t()) * gain_;
    if (wants(0)) {
      out[0] = product(given, weight_.unpack().t());
      if (adapted_) out[0] = out[0].addmm_(hidden_given, a_.unpack());
      std::vector<std::int64_t> sizes = gradients[0].sizes().vec();
      sizes.back() = out[0].size(1);
      out[0] = out[0].reshape(sizes);
    }
    if (wants(1)) out[1] = given.t().mm(flat);
    if (wants(2)) out[2] = given.sum(0);
    if (adapted_ && wants(3)) out[3] = hidden_given.t().mm(flat);
    // Transposed, since MKL is twice as fast with few rows as with few columns.
    if (adapted_ && wants(4)) out[4] = (hidden_.unpack().t().mm(given) * gain_).t().contiguous();
    return out;
  }

  void release_variables() override {
    const std::lock_guard lock(mutex_);
    for (SavedVariable* const saved : {&x_, &weight_, &a_, &b_, &hidden_}) saved->reset_data();
  }

  std::string name() const override { return "DmdrLinear"; }

 private:
  double gain_;
  bool adapted_;
  SavedVariable x_, weight_, a_, b_, hidden_;
};

}  // namespace

void set_products(Products products, Location where) {
  if (products == Products::onednn && !pointwise())
    throw ConfigError("set_products: this LibTorch has no products by oneDNN", where);
  products_asked_for = products;
}

Products products() {
  if (at::globalContext().deterministicAlgorithms()) return Products::blas;
  const Products chosen = products_asked_for;
  if (chosen != Products::automatic) return chosen;
  static const bool faster = onednn_is_faster() && pointwise().has_value();
  return faster ? Products::onednn : Products::blas;
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const LowRank& adapter) {
  const c10::ScalarType type = x.scalar_type();
  const bool own = x.is_cpu() && (type == c10::kFloat || type == c10::kDouble) && weight.scalar_type() == type;
  if (!own) {
    const at::Tensor out = at::linear(x, weight, bias);
    return has_adapter(adapter) ? out + at::linear(at::linear(x, adapter.a), adapter.b) * adapter.gain : out;
  }
  const auto needs = [](const at::Tensor& input) { return input.defined() && input.requires_grad(); };
  const bool recorded =
      c10::GradMode::is_enabled() && (needs(x) || needs(weight) || needs(bias) || needs(adapter.a) || needs(adapter.b));
  at::Tensor out, hidden;
  {
    const c10::NoGradGuard no_grad;
    const at::Tensor flat = x.reshape({-1, x.size(-1)});
    if (has_adapter(adapter) && adapter.may_merge && !recorded && merged_is_cheaper(flat.size(0), weight)) {
      out = product(flat, at::addmm(weight, adapter.b, adapter.a, 1, adapter.gain), bias);
    } else {
      out = product(flat, weight, bias);
      if (has_adapter(adapter)) {
        hidden = product(flat, adapter.a);
        out.addmm_(hidden, adapter.b.t(), 1, adapter.gain);
      }
    }
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    out = out.reshape(sizes);
  }
  if (recorded)
    torch::autograd::set_history(out, std::shared_ptr<torch::autograd::Node>(new LinearNode(x, weight, bias, adapter,
                                                                                            hidden),
                                                                             torch::autograd::deleteNode));
  return out;
}

}  // namespace dmdr::libtorch
