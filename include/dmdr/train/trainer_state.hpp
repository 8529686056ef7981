// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/train/trainer.hpp>

// What of a trainer goes into a checkpoint and comes back, and the student that is evaluated.
namespace dmdr {

template <class R, class B>
auto BasicTrainer<R, B>::evaluation_student() -> Network {
  Network copy = student_.clone();
  Parameters<Tensor>& target = settings_.student_adapter ? copy.adapter() : copy.base();
  for (auto& [name, tensor] : ema_) B::assign(target.at(name), tensor);
  return copy;
}

template <class R, class B>
NamedTensors BasicTrainer<R, B>::state() {
  NamedTensors named = store_parameters(student_parameters(), "student/");
  named.merge(store_parameters(ema_, "ema/"));
  named.merge(store_parameters(scores_.parameters(), "fake/"));
  for (auto& [name, tensor] : generator_optimiser_.state())
    named.emplace("generator_optimiser/" + name, std::move(tensor));
  for (auto& [name, tensor] : fake_optimiser_.state()) named.emplace("fake_optimiser/" + name, std::move(tensor));
  named.emplace("counters", at_.store());
  const std::vector<double> memory = weight_state_.store();
  named.emplace("sample_weight",
                HostTensor::from<double>(Shape{static_cast<std::int64_t>(memory.size())}, std::span(memory)));
  return named;
}

template <class R, class B>
void BasicTrainer<R, B>::restore(const NamedTensors& named, Location where) {
  const RunPosition at = RunPosition::restored(detail::stored(named, "counters", where), where);
  const auto memory = detail::stored(named, "sample_weight", where).template as<double>(where);
  if (memory.size() != weight_state_.store().size())
    throw FileError("restore: the sample weight's memory has another size than this recipe's", where);
  typename B::AdamW generator_optimiser(tensors_of(student_parameters()), settings_.generator);
  typename B::AdamW fake_optimiser(tensors_of(scores_.parameters()), settings_.fake);
  generator_optimiser.restore(tensors_under(named, "generator_optimiser/"), where);
  fake_optimiser.restore(tensors_under(named, "fake_optimiser/"), where);
  check_parameters(student_parameters(), named, "student/", where);
  check_parameters(ema_, named, "ema/", where);
  check_parameters(scores_.parameters(), named, "fake/", where);
  load_parameters(backend_, student_parameters(), named, "student/", where);
  load_parameters(backend_, ema_, named, "ema/", where);
  load_parameters(backend_, scores_.parameters(), named, "fake/", where);
  generator_optimiser_ = std::move(generator_optimiser);
  fake_optimiser_ = std::move(fake_optimiser);
  weight_state_.restore(memory);
  at_ = at;
}

}  // namespace dmdr
