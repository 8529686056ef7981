// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/tape/blocks.hpp>

namespace dmdr::tape {

/// Elements of a tensor, 64-byte aligned, not initialised.
template <class T>
class Buffer {
 public:
  explicit Buffer(std::int64_t size) : size_(size), data_(static_cast<T*>(take_block(bytes()))) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { give_block(data_, bytes()); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] const T* data() const noexcept { return data_; }
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<T> span() noexcept { return {data_, static_cast<std::size_t>(size_)}; }
  [[nodiscard]] std::span<const T> span() const noexcept { return {data_, static_cast<std::size_t>(size_)}; }

 private:
  [[nodiscard]] std::size_t bytes() const noexcept { return static_cast<std::size_t>(size_) * sizeof(T); }

  std::int64_t size_;
  T* data_;
};

/// Whether operations on this thread record themselves; switched off by `NoGrad`.
inline bool& grad_mode() noexcept {
  thread_local bool on = true;
  return on;
}

/// Switches recording off for its lifetime, on this thread.
class NoGrad {
 public:
  NoGrad() noexcept : before_(std::exchange(grad_mode(), false)) {}
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;
  ~NoGrad() { grad_mode() = before_; }

 private:
  bool before_;
};

/// Switches recording on for its lifetime, on this thread: for a recomputation inside a backward pass.
class WithGrad {
 public:
  WithGrad() noexcept : before_(std::exchange(grad_mode(), true)) {}
  WithGrad(const WithGrad&) = delete;
  WithGrad& operator=(const WithGrad&) = delete;
  ~WithGrad() { grad_mode() = before_; }

 private:
  bool before_;
};

/// One value of a computation and how its gradient goes to its inputs: a small reverse tape for backends without their own.
template <class T>
struct Node {
  using Ptr = std::shared_ptr<Node>;
  /// Reads `self.grad` and adds to `input->gradient()` of every input that `wants_gradient()`.
  using Backward = std::function<void(Node& self)>;

  Shape shape;
  std::shared_ptr<Buffer<T>> values;
  bool requires_grad = false;
  std::unique_ptr<Buffer<T>> grad;  ///< null until something is added
  std::vector<Ptr> inputs;
  Backward backward;
  std::uint64_t order = 0;  ///< inputs come before what is made of them

  [[nodiscard]] bool is_leaf() const noexcept { return !backward; }
  [[nodiscard]] T* data() noexcept { return values->data(); }
  [[nodiscard]] const T* data() const noexcept { return values->data(); }

  /// The gradient to add to, zero at first.
  T* gradient() {
    if (!grad) {
      grad = std::make_unique<Buffer<T>>(shape.numel());
      std::fill_n(grad->data(), shape.numel(), T(0));
    }
    return grad->data();
  }
};

template <class T>
using Ptr = typename Node<T>::Ptr;

/// A value that was not computed from others.
template <class T>
[[nodiscard]] Ptr<T> leaf(const Shape& shape, std::shared_ptr<Buffer<T>> values, bool requires_grad = false) {
  auto node = std::make_shared<Node<T>>();
  node->shape = shape;
  node->values = std::move(values);
  node->requires_grad = requires_grad;
  return node;
}

/// Whether an operation over `inputs` has to be recorded.
template <class T>
[[nodiscard]] bool recording(std::span<const Ptr<T>> inputs) {
  if (!grad_mode()) return false;
  return std::any_of(inputs.begin(), inputs.end(), [](const Ptr<T>& input) { return input->requires_grad; });
}

/// The result of an operation; keeps its inputs and `backward` only where a gradient can be asked for.
template <class T>
[[nodiscard]] Ptr<T> result(const Shape& shape, std::shared_ptr<Buffer<T>> values, std::vector<Ptr<T>> inputs,
                            typename Node<T>::Backward backward) {
  thread_local std::uint64_t next_order = 0;
  auto node = leaf<T>(shape, std::move(values));
  if (recording<T>(inputs)) {
    node->requires_grad = true;
    node->inputs = std::move(inputs);
    node->backward = std::move(backward);
    // Inputs may come from another thread, which counts for itself.
    for (const Ptr<T>& input : node->inputs) next_order = std::max(next_order, input->order);
    node->order = ++next_order;
  }
  return node;
}

/// Adds to the gradients of all leaves that `roots` depend on, starting from the given cotangents.
///
/// Gradients of intermediate values are released on the way; leaves accumulate, as in PyTorch. Throws `Error`, and changes nothing,
/// where a root depends on nothing that requires a gradient.
template <class T>
void backward(std::span<const Ptr<T>> roots, std::span<const Buffer<T>* const> cotangents,
              Location where = Location::current()) {
  for (std::size_t k = 0; k < roots.size(); ++k)
    if (!roots[k]->requires_grad)
      throw Error("backward: result " + std::to_string(k + 1) + " depends on nothing that requires a gradient", where);
  std::vector<Node<T>*> nodes;
  std::unordered_set<const Node<T>*> seen;
  std::vector<Node<T>*> open;
  for (std::size_t k = 0; k < roots.size(); ++k) {
    Node<T>& root = *roots[k];
    T* const grad = root.gradient();
    for (std::int64_t i = 0; i < root.shape.numel(); ++i) grad[i] += cotangents[k]->data()[i];
    if (seen.insert(&root).second) open.push_back(&root);
  }
  while (!open.empty()) {
    Node<T>* const node = open.back();
    open.pop_back();
    nodes.push_back(node);
    for (const Ptr<T>& input : node->inputs)
      if (input->requires_grad && seen.insert(input.get()).second) open.push_back(input.get());
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node<T>* a, const Node<T>* b) { return a->order > b->order; });
  const NoGrad no_grad;
  for (Node<T>* node : nodes) {
    if (node->is_leaf() || !node->grad) continue;
    node->backward(*node);
    node->grad.reset();
  }
}

}  // namespace dmdr::tape

#ifdef DMDR_COMPILED
namespace dmdr::tape {
extern template Ptr<float> leaf<float>(const Shape&, std::shared_ptr<Buffer<float>>, bool);
extern template Ptr<double> leaf<double>(const Shape&, std::shared_ptr<Buffer<double>>, bool);
extern template bool recording<float>(std::span<const Ptr<float>>);
extern template bool recording<double>(std::span<const Ptr<double>>);
extern template Ptr<float> result<float>(const Shape&, std::shared_ptr<Buffer<float>>, std::vector<Ptr<float>>,
                                         Node<float>::Backward);
extern template Ptr<double> result<double>(const Shape&, std::shared_ptr<Buffer<double>>, std::vector<Ptr<double>>,
                                           Node<double>::Backward);
extern template void backward<float>(std::span<const Ptr<float>>, std::span<const Buffer<float>* const>, Location);
extern template void backward<double>(std::span<const Ptr<double>>, std::span<const Buffer<double>* const>, Location);
}  // namespace dmdr::tape
#endif
