// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <dmdr/libtorch/backend.hpp>

namespace dmdr {
namespace {

using torch::autograd::variable_list;
using Block = std::function<at::Tensor(std::span<const at::Tensor>)>;

// A block whose intermediates were thrown away: it keeps its inputs and runs again.
class CheckpointNode final : public torch::autograd::Node {
 public:
  CheckpointNode(Block block, std::span<const at::Tensor> inputs) : block_(std::move(block)) {
    set_next_edges(torch::autograd::collect_next_edges(at::ArrayRef<at::Tensor>(inputs.data(), inputs.size())));
    for (const at::Tensor& input : inputs) {
      wanted_.push_back(input.requires_grad());
      inputs_.emplace_back(input, false);
    }
  }

  variable_list apply(variable_list&& gradients) override {
    const std::lock_guard lock(mutex_);
    variable_list out(inputs_.size());
    if (!gradients[0].defined()) return out;
    variable_list fresh;
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      fresh.push_back(inputs_[k].unpack().detach().set_requires_grad(wanted_[k]));
    const c10::AutoGradMode with_grad(true);
    const at::Tensor again = block_(fresh);
    if (!again.requires_grad()) return out;
    // Not `grad`: the parameters that the block uses collect their gradients, too.
    torch::autograd::backward({again}, {gradients[0]});
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = fresh[k].grad();
    return out;
  }

  void release_variables() override {
    const std::lock_guard lock(mutex_);
    for (torch::autograd::SavedVariable& input : inputs_) input.reset_data();
  }

  std::string name() const override { return "DmdrCheckpoint"; }

 private:
  Block block_;
  std::vector<bool> wanted_;
  std::vector<torch::autograd::SavedVariable> inputs_;
};

}  // namespace

at::Tensor LibTorch::checkpoint(const Block& block, std::span<const at::Tensor> inputs) {
  at::Tensor out;
  {
    const c10::NoGradGuard no_grad;
    out = block(inputs);
  }
  const auto needs = [](const at::Tensor& input) { return input.requires_grad(); };
  if (c10::GradMode::is_enabled() && std::any_of(inputs.begin(), inputs.end(), needs)) {
    // The block may hand one of its inputs, or a view of one, through.
    out = out.detach();
    torch::autograd::set_history(out, std::shared_ptr<torch::autograd::Node>(new CheckpointNode(block, inputs),
                                                                             torch::autograd::deleteNode));
  }
  return out;
}

}  // namespace dmdr
