// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/alias.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/tensor.hpp>

#include "array_functions.hpp"
#include "convert.hpp"
#include "lowering.hpp"

namespace dmdr::libtorch {
namespace {

using Call = expr::Call<at::Tensor>;
using torch::autograd::variable_list;

// Empty where the row kernels take the call, else why not.
std::string why_not_kernels(const Call& call) {
  const auto named = [&](std::size_t k) { return "argument " + std::to_string(k + 1); };
  const c10::ScalarType type = call.leaves[0].scalar_type();
  for (std::size_t k = 0; k < call.leaves.size(); ++k) {
    const at::Tensor& leaf = call.leaves[k];
    if (!leaf.is_cpu()) return named(k) + " is on " + leaf.device().str();
    if (leaf.scalar_type() != type)
      return std::string("the arguments mix ") + c10::toString(type) + " and " + c10::toString(leaf.scalar_type());
    if (leaf.layout() != c10::kStrided || !leaf.is_contiguous() || leaf.is_neg() || leaf.is_conj())
      return named(k) + " is not contiguous";
  }
  const auto dtype = dtype_of(type);
  if (!dtype || call.program.kernels(*dtype) == nullptr)
    return std::string("there are no row kernels for ") + c10::toString(type);
  return {};
}

void require_floats(const Call& call) {
  for (std::size_t k = 0; k < call.leaves.size(); ++k)
    if (!call.leaves[k].defined() || !c10::isFloatingType(call.leaves[k].scalar_type()))
      throw DtypeError("expression: argument " + std::to_string(k + 1) + " is " +
                           (call.leaves[k].defined() ? c10::toString(call.leaves[k].scalar_type()) : "undefined") +
                           "; formulas take floating-point tensors",
                       call.where);
}

// ATen's loop over threads is a pragma in its header, which this compiler may not have been told to follow.
#ifdef _OPENMP
int kernel_threads() { return at::get_num_threads(); }
#else
int kernel_threads() { return 1; }
#endif

void parallel_for(std::int64_t count, void (*body)(void*, std::int64_t), void* state) {
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t item = begin; item < end; ++item) body(state, item);
  });
}

expr::Plan plan_of(const Call& call) {
  expr::Plan plan;
  plan.functions = &host_functions();
  for (std::size_t k = 0; k < call.leaves.size(); ++k) plan.leaves[k] = call.leaves[k].const_data_ptr();
  for (std::size_t k = 0; k < call.constants.size(); ++k) plan.constants[k] = call.constants[k];
  plan.rows = call.layout.rows;
  plan.cols = call.layout.cols;
  return plan;
}

template <class T>
void forward(const Call& call, const expr::Plan& plan) {
  expr::run_forward<T>(*call.program.kernels(dtype_v<T>), plan, call.terminal, &parallel_for);
}
template <class T>
void backward(const Call& call, const expr::Plan& plan) {
  expr::run_backward<T>(call.program, *call.program.kernels(dtype_v<T>), plan, call.terminal, &parallel_for);
}

at::Tensor run_kernels(const Call& call) {
  const c10::ScalarType type = call.leaves[0].scalar_type();
  const Shape shape = call.layout.result(call.terminal);
  at::Tensor out = at::empty(sizes_of(shape), call.leaves[0].options().requires_grad(false));
  expr::Plan plan = plan_of(call);
  plan.out = out.mutable_data_ptr();
  if (type == c10::kDouble)
    forward<double>(call, plan);
  else
    forward<float>(call, plan);
  return out;
}

template <class T>
void forward_beside(const Call& call, const expr::Plan& plan, at::Tensor& means) {
  expr::run_beside<T>(*call.program.kernels(dtype_v<T>), plan, static_cast<T*>(means.mutable_data_ptr()),
                      &parallel_for);
}

expr::RowMeanBesideValues<at::Tensor> run_beside(const Call& call) {
  const at::TensorOptions options = call.leaves[0].options().requires_grad(false);
  at::Tensor means = at::empty({call.layout.rows}, options), values = at::empty(sizes_of(call.layout.shape), options);
  expr::Plan plan = plan_of(call);
  plan.out = values.mutable_data_ptr();
  if (call.leaves[0].scalar_type() == c10::kDouble)
    forward_beside<double>(call, plan, means);
  else
    forward_beside<float>(call, plan, means);
  return {means, values};
}

// One terminal in the graph. It saves its leaves and nothing else.
class TerminalNode final : public torch::autograd::Node {
 public:
  TerminalNode(const Call& call, bool by_kernels)
      : program_(call.program),
        constants_(call.constants.begin(), call.constants.end()),
        terminal_(call.terminal),
        layout_(call.layout),
        where_(call.where),
        by_kernels_(by_kernels) {
    set_next_edges(
        torch::autograd::collect_next_edges(at::ArrayRef<at::Tensor>(call.leaves.data(), call.leaves.size())));
    for (std::size_t k = 0; k < call.leaves.size(); ++k) {
      leaves_.emplace_back(call.leaves[k], false);
      first_.push_back(k);
      for (std::size_t m = 0; m < k; ++m)
        if (call.leaves[m].is_same(call.leaves[k]) && program_.leaves[m].extent == program_.leaves[k].extent &&
            program_.leaves[m].active) {
          first_[k] = m;
          break;
        }
    }
  }

  variable_list apply(variable_list&& gradients) override {
    const std::lock_guard lock(mutex_);
    variable_list leaves;
    for (const torch::autograd::SavedVariable& leaf : leaves_) leaves.push_back(leaf.unpack());
    if (!gradients[0].defined()) return variable_list(leaves.size());
    const Call call{program_, leaves, constants_, terminal_, layout_, where_};
    // Under `create_graph` the result must have a history of its own, which raw kernels cannot give it.
    if (!by_kernels_ || c10::GradMode::is_enabled()) return by_operators(call, gradients[0]);
    return by_kernels(call, gradients[0]);
  }

  void release_variables() override {
    const std::lock_guard lock(mutex_);
    for (torch::autograd::SavedVariable& leaf : leaves_) leaf.reset_data();
  }

  std::string name() const override { return "DmdrExpression"; }

 private:
  [[nodiscard]] bool wanted(std::size_t k) const { return program_.leaves[k].active && task_should_compute_output(k); }

  // An incoming gradient may be expanded (stride 0), as that of a sum is.
  [[nodiscard]] variable_list by_kernels(const Call& call, const at::Tensor& gradient) const {
    const c10::ScalarType type = call.leaves[0].scalar_type();
    const at::Tensor cotangent = gradient.to(type).contiguous();
    variable_list out(call.leaves.size());
    expr::Plan plan = plan_of(call);
    plan.cotangent = cotangent.const_data_ptr();
    for (std::size_t k = 0; k < out.size(); ++k) {
      if (!wanted(k)) continue;
      // A tensor at several places gets its whole gradient through the first.
      if (first_[k] != k) {
        plan.grads[k] = plan.grads[first_[k]];
        continue;
      }
      out[k] = at::empty(call.leaves[k].sizes(), call.leaves[k].options().requires_grad(false));
      plan.grads[k] = out[k].mutable_data_ptr();
    }
    if (type == c10::kDouble)
      backward<double>(call, plan);
    else
      backward<float>(call, plan);
    return out;
  }

  // Through a second writing of the formula, whose own history autograd then follows.
  [[nodiscard]] variable_list by_operators(const Call& call, const at::Tensor& gradient) const {
    const bool create_graph = c10::GradMode::is_enabled();
    variable_list leaves, inputs;
    for (std::size_t k = 0; k < call.leaves.size(); ++k) {
      // With a graph of its own the result must depend on the leaves, each place through a view of its own: one tensor at two places
      // would else get the sum twice. Without one, copies that have no history do.
      const c10::AutoGradMode with_grad(create_graph);
      leaves.push_back(create_graph ? at::alias(call.leaves[k]) : call.leaves[k].detach().set_requires_grad(wanted(k)));
      if (wanted(k)) inputs.push_back(leaves.back());
    }
    variable_list out(leaves.size());
    if (inputs.empty()) return out;
    variable_list found;
    {
      const c10::AutoGradMode with_grad(true);
      const at::Tensor value =
          lowered(Call{call.program, leaves, call.constants, call.terminal, call.layout, call.where});
      found = torch::autograd::grad({value}, inputs, {gradient}, create_graph, create_graph, true);
    }
    std::size_t next = 0;
    for (std::size_t k = 0; k < out.size(); ++k)
      if (wanted(k)) out[k] = found[next++];
    return out;
  }

  const expr::Program& program_;
  std::vector<double> constants_;
  expr::Terminal terminal_;
  expr::Layout layout_;
  Location where_;
  bool by_kernels_;
  std::vector<torch::autograd::SavedVariable> leaves_;
  std::vector<std::size_t> first_;  // of each leaf, the first place at which the same tensor stands
};

}  // namespace
}  // namespace dmdr::libtorch

namespace dmdr {

at::Tensor tensor_traits<at::Tensor>::evaluate(const expr::Call<at::Tensor>& call) {
  libtorch::require_floats(call);
  const bool by_kernels = libtorch::why_not_kernels(call).empty();
  at::Tensor out;
  {
    const c10::NoGradGuard no_grad;
    out = by_kernels ? libtorch::run_kernels(call) : libtorch::lowered(call);
  }
  if (c10::GradMode::is_enabled() &&
      std::any_of(call.leaves.begin(), call.leaves.end(), [](const at::Tensor& leaf) { return leaf.requires_grad(); }))
    // Deleted by LibTorch's own function, which does not recurse along a deep graph.
    torch::autograd::set_history(out,
                                 std::shared_ptr<torch::autograd::Node>(new libtorch::TerminalNode(call, by_kernels),
                                                                        torch::autograd::deleteNode));
  return out;
}

expr::RowMeanBesideValues<at::Tensor> tensor_traits<at::Tensor>::beside(const expr::Call<at::Tensor>& call) {
  libtorch::require_floats(call);
  const c10::NoGradGuard no_grad;
  return libtorch::why_not_kernels(call).empty() ? libtorch::run_beside(call) : libtorch::lowered_beside(call);
}

std::string tensor_traits<at::Tensor>::path(const expr::Call<at::Tensor>& call) {
  libtorch::require_floats(call);
  const std::string reason = libtorch::why_not_kernels(call);
  if (reason.empty())
    return std::string("row kernels, ") + c10::toString(call.leaves[0].scalar_type()) + ", " +
           std::to_string(libtorch::kernel_threads()) + " threads";
  return "LibTorch's operators, because " + reason;
}

}  // namespace dmdr
