// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/adamw.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/backend.hpp>

#include "convert.hpp"

namespace dmdr::libtorch {
namespace {

bool small(const at::Tensor& tensor) { return c10::elementSize(tensor.scalar_type()) < 4; }

const HostTensor& find(const NamedTensors& state, const std::string& name, const at::Tensor& like, Location where) {
  const auto found = state.find(name);
  if (found == state.end()) throw FileError("optimiser state: tensor " + name + " is missing", where);
  const HostTensor& host = found->second;
  if (!(host.shape == shape_of(like)))
    throw FileError("optimiser state: " + name + " is " + host.shape.str() + ", expected " + shape_of(like).str(),
                    where);
  if (host.dtype != dmdr::dtype_of(like))
    throw DtypeError("optimiser state: " + name + " holds " + std::string(name_of(host.dtype)) + ", expected " +
                         std::string(name_of(dmdr::dtype_of(like))),
                     where);
  return host;
}

at::Tensor taken(const HostTensor& host, const at::Tensor& like, Location where) {
  const Dtype dtype = dmdr::dtype_of(like);
  return LibTorch{.device = dmdr::device_of(like), .dtype = dtype}.load(host, where);
}

}  // namespace

AdamW::AdamW(std::vector<at::Tensor> parameters, const AdamWSettings& settings, Location where) : settings_(settings) {
  const c10::NoGradGuard no_grad;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    at::Tensor& parameter = parameters[k];
    if (!parameter.defined() || !c10::isFloatingType(parameter.scalar_type()))
      throw DtypeError("AdamW: parameter " + std::to_string(k) + " is " + describe_tensor(parameter) +
                           ", expected a floating-point type",
                       where);
    const at::Tensor value = small(parameter) ? parameter.detach().to(c10::kFloat) : parameter.detach();
    slots_.push_back({std::move(parameter), value, at::zeros_like(value), at::zeros_like(value)});
  }
}

void AdamW::step(double learning_rate) {
  const c10::NoGradGuard no_grad;
  // The fused kernel takes tensors of one type on one device.
  struct Batch {
    std::vector<at::Tensor> values, gradients, first, second, steps;
  };
  std::map<std::tuple<c10::ScalarType, c10::DeviceType, c10::DeviceIndex>, Batch> batches;
  for (const Slot& slot : slots_) {
    const at::Tensor& gradient = slot.parameter.grad();
    if (!gradient.defined()) continue;
    const c10::Device device = slot.value.device();
    Batch& batch = batches[{slot.value.scalar_type(), device.type(), device.index()}];
    batch.values.push_back(slot.value);
    batch.gradients.push_back(gradient.to(slot.value.scalar_type()).contiguous());
    batch.first.push_back(slot.first);
    batch.second.push_back(slot.second);
  }
  for (auto& [key, batch] : batches) {
    const at::Tensor count = at::full({}, static_cast<double>(steps_ + 1),
                                      batch.values[0].options().dtype(c10::kFloat).requires_grad(false));
    batch.steps.assign(batch.values.size(), count);
  }
  // Everything is allocated: from here on nothing can run out of memory with half an update done.
  ++steps_;
  for (auto& [key, batch] : batches) {
    at::_fused_adamw_(batch.values, batch.gradients, batch.first, batch.second, {}, batch.steps, learning_rate,
                      settings_.beta1, settings_.beta2, settings_.weight_decay, settings_.eps, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
  for (const Slot& slot : slots_)
    if (small(slot.parameter) && slot.parameter.grad().defined()) slot.parameter.detach().copy_(slot.value);
}

NamedTensors AdamW::state() const {
  NamedTensors named;
  for (std::size_t k = 0; k < slots_.size(); ++k) {
    const std::string name = std::to_string(k);
    named.emplace(name + ".exp_avg", LibTorch::store(slots_[k].first));
    named.emplace(name + ".exp_avg_sq", LibTorch::store(slots_[k].second));
    if (small(slots_[k].parameter)) named.emplace(name + ".master", LibTorch::store(slots_[k].value));
  }
  named.emplace("step", HostTensor::from<std::int64_t>(Shape{}, std::span(&steps_, 1)));
  return named;
}

void AdamW::restore(const NamedTensors& state, Location where) {
  std::vector<Slot> slots = slots_;
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const std::string name = std::to_string(k);
    slots[k].first = taken(find(state, name + ".exp_avg", slots[k].first, where), slots[k].first, where);
    slots[k].second = taken(find(state, name + ".exp_avg_sq", slots[k].second, where), slots[k].second, where);
    if (small(slots[k].parameter))
      slots[k].value = taken(find(state, name + ".master", slots[k].value, where), slots[k].value, where);
  }
  const auto step = state.find("step");
  if (step == state.end() || !(step->second.shape == Shape{}))
    throw FileError("optimiser state: tensor step [] is missing", where);
  steps_ = step->second.as<std::int64_t>(where)[0];
  slots_ = std::move(slots);
}

}  // namespace dmdr::libtorch
