// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/expr/terminal.hpp>

// A small backend that does all duties of backends/README.md, written from that page alone: doubles in vectors, a tape that is walked
// depth first, expression terminals by the compiled kernels. It is here to show that the page says enough.

namespace dmdr::minimal {

using Values = std::vector<double>;

struct Node {
  Shape shape{0};
  std::shared_ptr<Values> values = std::make_shared<Values>();
  bool requires_grad = false;
  std::optional<Values> grad;
  std::vector<std::shared_ptr<Node>> inputs;
  std::function<void(Node&)> pull;  ///< adds to the gradients of `inputs`

  void add_gradient(const Values& part) {
    if (!grad) grad.emplace(part.size(), 0.0);
    std::transform(grad->begin(), grad->end(), part.begin(), grad->begin(), std::plus<>());
  }
};
using Nodes = std::vector<std::shared_ptr<Node>>;
struct Tensor {
  std::shared_ptr<Node> node = std::make_shared<Node>();
};
using Tensors = std::span<const Tensor>;

inline thread_local bool recording = true;
template <bool On>
struct Recording {
  Recording() : before(std::exchange(recording, On)) {}
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() { recording = before; }
  bool before;
};

inline Tensor make(const Shape& shape, Values values, bool requires_grad = false) {
  return {std::make_shared<Node>(Node{shape, std::make_shared<Values>(std::move(values)), requires_grad, {}, {}, {}})};
}
inline Tensor record(Tensor result, Nodes inputs, std::function<void(Node&)> pull) {
  if (!recording || std::none_of(inputs.begin(), inputs.end(), [](const auto& input) { return input->requires_grad; }))
    return result;
  *result.node = {result.node->shape, result.node->values, true, {}, std::move(inputs), std::move(pull)};
  return result;
}
inline void require(bool fine, const std::string& text, Location where) {
  if (!fine) throw ShapeError(text, where);
}
inline void same(const char* what, const Tensor& a, const Tensor& b, Location where) {
  require(a.node->shape == b.node->shape,
          std::string(what) + ": " + a.node->shape.str() + " and " + b.node->shape.str(), where);
}
/// Inputs before what is made of them.
inline void visit(Node& node, std::set<Node*>& seen, std::vector<Node*>& order) {
  if (!node.requires_grad || !seen.insert(&node).second) return;
  for (const auto& input : node.inputs) visit(*input, seen, order);
  order.push_back(&node);
}

/// AdamW over two moments a parameter.
class AdamW {
 public:
  AdamW(std::vector<Tensor> parameters, const AdamWSettings& settings)
      : parameters_(std::move(parameters)), s_(settings) {
    for (const Tensor& parameter : parameters_)
      moments_.insert(moments_.end(), 2, Values(parameter.node->values->size(), 0.0));
  }
  void step(double learning_rate) {
    ++steps_;
    const double c1 = 1 - std::pow(s_.beta1, steps_), c2 = 1 - std::pow(s_.beta2, steps_);
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      if (!parameters_[k].node->grad) continue;
      for (std::size_t i = 0; i < moments_[2 * k].size(); ++i) {
        double &x = (*parameters_[k].node->values)[i], &m = moments_[2 * k][i], &v = moments_[2 * k + 1][i];
        const double g = (*parameters_[k].node->grad)[i];
        m = s_.beta1 * m + (1 - s_.beta1) * g;
        v = s_.beta2 * v + (1 - s_.beta2) * g * g;
        x -= learning_rate * (s_.weight_decay * x + m / c1 / (std::sqrt(v / c2) + s_.eps));
      }
    }
  }
  [[nodiscard]] NamedTensors state() const {
    NamedTensors named{{"step", HostTensor::from<std::int64_t>({}, std::span(&steps_, 1))}};
    for (std::size_t k = 0; k < moments_.size(); ++k)
      named[key(k)] = HostTensor::from<double>(shape(k), std::span(moments_[k]));
    return named;
  }
  void restore(const NamedTensors& state, Location where = Location::current()) {
    const auto find = [&](const std::string& name, const Shape& wanted) -> const HostTensor& {
      const auto found = state.find(name);
      if (found == state.end() || !(found->second.shape == wanted))
        throw FileError("optimiser state: there is no tensor " + name + " " + wanted.str(), where);
      return found->second;
    };
    std::vector<Values> moments;
    for (std::size_t k = 0; k < moments_.size(); ++k) moments.push_back(find(key(k), shape(k)).as<double>(where));
    steps_ = find("step", {}).as<std::int64_t>(where)[0];
    moments_ = std::move(moments);
  }

 private:
  [[nodiscard]] static std::string key(std::size_t k) {
    return std::to_string(k / 2) + (k % 2 == 0 ? ".exp_avg" : ".exp_avg_sq");
  }
  [[nodiscard]] const Shape& shape(std::size_t k) const { return parameters_[k / 2].node->shape; }

  std::vector<Tensor> parameters_;
  AdamWSettings s_;
  std::vector<Values> moments_;
  std::int64_t steps_ = 0;
};

struct Backend {
  static constexpr const char* name = "minimal";
  using Tensor = minimal::Tensor;
  using NoGrad = Recording<false>;
  using AdamW = minimal::AdamW;

  [[nodiscard]] Tensor from_host(const Shape& shape, std::span<const double> values,
                                 Location where = Location::current()) const {
    require(static_cast<std::int64_t>(values.size()) == shape.numel(),
            "from_host: " + shape.str() + " is not " + std::to_string(values.size()) + " values", where);
    return make(shape, {values.begin(), values.end()});
  }
  [[nodiscard]] static Values to_host(const Tensor& tensor) { return *tensor.node->values; }
  [[nodiscard]] Tensor load(const HostTensor& host, Location where = Location::current()) const {
    if (host.dtype != Dtype::f32) return from_host(host.shape, host.as<double>(where), where);
    const std::vector<float> values = host.as<float>(where);
    return from_host(host.shape, Values(values.begin(), values.end()), where);
  }
  [[nodiscard]] static HostTensor store(const Tensor& tensor) {
    return HostTensor::from<double>(tensor.node->shape, std::span<const double>(*tensor.node->values));
  }

  [[nodiscard]] static Tensor reshape(const Tensor& tensor, const Shape& shape, Location where = Location::current()) {
    require(shape.numel() == tensor.node->shape.numel(), "reshape: " + tensor.node->shape.str() + " to " + shape.str(),
            where);
    return record(make(shape, to_host(tensor)), {tensor.node},
                  [](Node& self) { self.inputs[0]->add_gradient(*self.grad); });
  }
  [[nodiscard]] static Tensor take_rows(const Tensor& tensor, std::span<const std::int64_t> rows,
                                        Location where = Location::current()) {
    const Shape& shape = tensor.node->shape;
    require(shape.rank() > 0, "take_rows: a scalar has no samples", where);
    Values values;
    for (const std::int64_t row : rows) {
      require(row >= 0 && row < shape.rows(), "take_rows: no sample " + std::to_string(row) + " in " + shape.str(),
              where);
      const auto first = tensor.node->values->begin() + row * shape.row_size();
      values.insert(values.end(), first, first + shape.row_size());
    }
    return make(shape.with_rows(static_cast<std::int64_t>(rows.size())), std::move(values));
  }
  [[nodiscard]] static Tensor concat_rows(Tensors tensors, Location where = Location::current()) {
    require(!tensors.empty(), "concat_rows: no tensors", where);
    const Shape& first = tensors[0].node->shape;
    Values values;
    for (const Tensor& tensor : tensors) {
      const Shape& shape = tensor.node->shape;
      require(shape.rank() > 0 && shape.with_rows(0) == first.with_rows(0),
              "concat_rows: " + first.str() + " and " + shape.str(), where);
      values.insert(values.end(), tensor.node->values->begin(), tensor.node->values->end());
    }
    std::int64_t rows = 0;
    for (const Tensor& tensor : tensors) rows += tensor.node->shape.rows();
    return make(first.with_rows(rows), std::move(values));
  }

  [[nodiscard]] static Tensor parameter(const Tensor& tensor) {
    return make(tensor.node->shape, to_host(tensor), true);
  }
  [[nodiscard]] static bool requires_grad(const Tensor& tensor) { return tensor.node->requires_grad; }
  [[nodiscard]] static Tensor detach(const Tensor& tensor) {
    return {std::make_shared<Node>(Node{tensor.node->shape, tensor.node->values, false, {}, {}, {}})};
  }
  static void assign(Tensor& target, const Tensor& source, Location where = Location::current()) {
    same("assign", target, source, where);
    std::copy_n(source.node->values->begin(), source.node->values->size(), target.node->values->begin());
  }
  static void ema(Tensors averages, Tensors values, double decay, Location where = Location::current()) {
    require(averages.size() == values.size(), "ema: every average needs one value", where);
    for (std::size_t k = 0; k < averages.size(); ++k) same("ema", averages[k], values[k], where);
    for (std::size_t k = 0; k < averages.size(); ++k)
      for (std::size_t i = 0; i < averages[k].node->values->size(); ++i) {
        double& x = (*averages[k].node->values)[i];
        x = decay * x + (1 - decay) * (*values[k].node->values)[i];
      }
  }

  static void backward(const Tensor& loss, Location where = Location::current()) {
    require(loss.node->shape.numel() == 1, "backward: " + loss.node->shape.str() + " is no scalar loss", where);
    const Tensor one = make(loss.node->shape, {1.0});
    backward(Tensors(&loss, 1), Tensors(&one, 1), where);
  }
  static void backward(Tensors results, Tensors cotangents, Location where = Location::current()) {
    require(results.size() == cotangents.size(), "backward: every result needs one cotangent", where);
    std::vector<Node*> order;
    std::set<Node*> seen;
    for (std::size_t k = 0; k < results.size(); ++k) {
      same("backward", results[k], cotangents[k], where);
      if (!requires_grad(results[k]))
        throw Error("backward: a result depends on nothing that requires a gradient", where);
      visit(*results[k].node, seen, order);
    }
    for (std::size_t k = 0; k < results.size(); ++k) results[k].node->add_gradient(*cotangents[k].node->values);
    const NoGrad off;
    for (auto node = order.rbegin(); node != order.rend(); ++node)
      if ((*node)->pull && (*node)->grad) {
        (*node)->pull(**node);
        (*node)->grad.reset();
      }
  }
  [[nodiscard]] static std::optional<Tensor> gradient(const Tensor& tensor) {
    if (!tensor.node->grad) return std::nullopt;
    return make(tensor.node->shape, *tensor.node->grad);
  }
  static void clear_gradients(Tensors tensors) {
    for (const Tensor& tensor : tensors) tensor.node->grad.reset();
  }
  static Tensor clip_gradients(Tensors tensors, double max_norm) {
    double sum = 0;
    for (const Tensor& tensor : tensors)
      for (const double g : tensor.node->grad.value_or(Values{})) sum += g * g;
    const double norm = std::sqrt(sum), factor = max_norm / (norm + 1e-6);
    for (const Tensor& tensor : tensors)
      if (tensor.node->grad && std::isfinite(norm) && factor < 1)
        for (double& g : *tensor.node->grad) g *= factor;
    return make(Shape{}, {norm});
  }
  [[nodiscard]] static Tensor checkpoint(const std::function<Tensor(Tensors)>& block, Tensors inputs) {
    Nodes nodes;
    for (const Tensor& input : inputs) nodes.push_back(input.node);
    const Tensor value = [&] {
      const NoGrad off;
      return detach(block(inputs));
    }();
    return record(value, std::move(nodes), [block](Node& self) {
      const Recording<true> on;
      std::vector<Tensor> fresh;
      for (const auto& input : self.inputs) {
        fresh.push_back(detach({input}));
        fresh.back().node->requires_grad = input->requires_grad;
      }
      const Tensor again = block(fresh), cotangent = make(self.shape, *self.grad);
      backward(Tensors(&again, 1), Tensors(&cotangent, 1));
      for (std::size_t k = 0; k < fresh.size(); ++k)
        if (fresh[k].node->grad) self.inputs[k]->add_gradient(*fresh[k].node->grad);
    });
  }

  [[nodiscard]] static Tensor evaluate(const expr::Call<Tensor>& call) {
    const Shape shape = call.layout.result(call.terminal);
    Tensor result = make(shape, Values(static_cast<std::size_t>(shape.numel())));
    expr::Plan plan{.rows = call.layout.rows, .cols = call.layout.cols, .out = result.node->values->data()};
    Nodes inputs;
    for (std::size_t k = 0; k < call.leaves.size(); ++k) {
      inputs.push_back(call.leaves[k].node);
      plan.leaves[k] = inputs[k]->values->data();
    }
    std::copy(call.constants.begin(), call.constants.end(), plan.constants);
    expr::run_forward<double>(call.program.f64, plan, call.terminal);
    // The inputs keep the elements alive that the plan points to.
    return record(result, inputs, [program = &call.program, terminal = call.terminal, plan](Node& self) mutable {
      plan.cotangent = self.grad->data();
      std::vector<Values> parts;
      for (std::size_t k = 0; k < self.inputs.size(); ++k)
        plan.grads[k] = parts.emplace_back(self.inputs[k]->values->size()).data();
      expr::run_backward<double>(*program, program->f64, plan, terminal);
      for (std::size_t k = 0; k < parts.size(); ++k)
        if (self.inputs[k]->requires_grad && program->leaves[k].active) self.inputs[k]->add_gradient(parts[k]);
    });
  }
};

}  // namespace dmdr::minimal

template <>
struct dmdr::tensor_traits<dmdr::minimal::Tensor> {
  using Tensor = minimal::Tensor;
  using Backend = minimal::Backend;
  using Elements = ElementTypes<double>;
  static Shape shape(const Tensor& tensor) { return tensor.node->shape; }
  static Dtype dtype(const Tensor&) { return Dtype::f64; }
  static Device device(const Tensor&) { return {}; }
  static Tensor evaluate(const expr::Call<Tensor>& call) { return Backend::evaluate(call); }
  static std::string path(const expr::Call<Tensor>&) { return "row kernels in doubles"; }
};
static_assert(dmdr::DifferentiableBackend<dmdr::minimal::Backend>);
