// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/train/direction.hpp>
#include <dmdr/train/methods.hpp>

namespace dmdr::test {

inline const ClassMlp spec{.data_size = 4, .classes = 3, .width = 8, .blocks = 1, .adapter_rank = 2};

using B = EigenCpu<double>;
using Net = eigen::ClassMlpNetwork<double>;

/// A network that predicts something, and an adapter that changes it.
struct Bench {
  Philox random{21};
  B backend;
  Net teacher{backend, spec, random};
  ClassLabels labels{{0, 1, 2, 0, 1}};
  Times input_times{std::vector<double>{1, .75, .5, .25, 1}};
  B::Tensor x0 = backend.from_host(Shape{5, 4}, random.normal({"x0"}, 5, 4));

  Bench() { randomise(teacher.base(), "teacher"); }
  void randomise(Parameters<B::Tensor>& parameters, const std::string& stream) {
    for (auto& [name, tensor] : parameters) {
      const Shape shape = shape_of(tensor);
      std::vector<double> values = random.normal({stream + name}, shape.numel());
      for (double& value : values) value *= .5;
      B::assign(tensor, backend.from_host(shape, values));
    }
  }
  template <class R>
  [[nodiscard]] Direction<B::Tensor> direction(R recipe, double w, std::int64_t updates = 0, bool same = false) {
    recipe.generator = spec;
    ScoreNetworks<typename R::Score, Net> scores(recipe.score, teacher, random);
    if (!same) randomise(scores.parameters(), "fake");
    const SampleWeights weights{std::vector<double>(5, 1.0), std::vector<double>(5, 1.0)};
    return dmd_direction<typename R::Base, B, Net>({backend, recipe, scores, labels, random, input_times, updates, 3,
                                                    w},
                                                   x0, weights, Groups::by_condition(labels));
  }
};

inline double largest(const B::Tensor& tensor) {
  double most = 0;
  for (const double value : B::to_host(tensor)) most = std::max(most, std::abs(value));
  return most;
}

template <class... Ps>
using Separate = Dmdr<ClassMlp, SeparateFake, UniformClamp<>, SingleStage, Ps...>;

}  // namespace dmdr::test
