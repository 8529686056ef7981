// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "lowering.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/nan_to_num.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/ScalarType.h>

#include <dmdr/core/error.hpp>

#include "convert.hpp"

namespace dmdr::libtorch {
namespace {

using expr::Extent;
using expr::Instruction;
using expr::OpCode;
using expr::Terminal;

// Elements that one sum takes at most: below it LibTorch does not divide a sum over threads, whose number must not matter.
constexpr std::int64_t sum_chunk = 16384;

c10::ScalarType widest(std::span<const at::Tensor> leaves) {
  c10::ScalarType type = leaves[0].scalar_type();
  for (const at::Tensor& leaf : leaves) type = c10::promoteTypes(type, leaf.scalar_type());
  return type;
}

// A leaf in the compute type, shaped so that LibTorch's broadcasting means what its extent says.
at::Tensor operand(const at::Tensor& leaf, Extent extent, const expr::Layout& layout, c10::ScalarType type) {
  const at::Tensor value = leaf.to(type);
  if (extent == Extent::full) return value;
  if (extent == Extent::scalar) return value.reshape(c10::IntArrayRef{});
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(layout.shape.rank()), 1);
  sizes[0] = layout.rows;
  return value.reshape(sizes);
}

at::Tensor unary(OpCode code, const at::Tensor& a) {
  switch (code) {
    case OpCode::neg: return a.neg();
    case OpCode::abs: return at::abs(a);
    case OpCode::square: return at::square(a);
    case OpCode::sqrt: return at::sqrt(a);
    case OpCode::exp: return at::exp(a);
    case OpCode::log: return at::log(a);
    case OpCode::tanh: return at::tanh(a);
    case OpCode::sigmoid: return at::sigmoid(a);
    case OpCode::relu: return at::relu(a);
    case OpCode::nan_to_num: return at::nan_to_num(a);
    default: return a.detach();  // stop_gradient
  }
}

// At a tie `at::minimum` halves the gradient; the kernels give it to the first argument.
at::Tensor binary(OpCode code, const at::Tensor& a, const at::Tensor& b) {
  switch (code) {
    case OpCode::add: return a + b;
    case OpCode::sub: return a - b;
    case OpCode::mul: return a * b;
    case OpCode::div: return a / b;
    case OpCode::minimum: return at::where(b.lt(a), b, a);
    case OpCode::maximum: return at::where(a.lt(b), b, a);
    default: return a.gt(b).to(a.scalar_type());  // greater
  }
}

at::Tensor ternary(OpCode code, const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  if (code == OpCode::select) return at::where(a.ne(0), b, c);
  return at::where(a.lt(b), b.detach(), at::where(a.gt(c), c.detach(), a));  // clamp
}

// What the code leaves: one value, or two of formulas beside each other.
std::vector<at::Tensor> values_of(const expr::Call<at::Tensor>& call, c10::ScalarType type) {
  std::vector<at::Tensor> stack;
  for (const Instruction& step : call.program.code) {
    if (step.code == OpCode::custom)
      throw Error("expression: " + std::string(step.name) +
                      " is an operation of your own, which LibTorch's operators do not have; its compiled kernels take "
                      "contiguous float32 or "
                      "float64 tensors on the host, and first derivatives only",
                  call.where);
    if (step.code == OpCode::leaf) {
      stack.push_back(operand(call.leaves[step.index], call.program.leaves[step.index].extent, call.layout, type));
      continue;
    }
    if (step.code == OpCode::constant) {
      stack.push_back(at::scalar_tensor(call.constants[step.index], call.leaves[0].options().dtype(type)));
      continue;
    }
    if (step.code == OpCode::beside) continue;
    const auto first = stack.end() - step.arity;
    at::Tensor value = step.arity == 1   ? unary(step.code, first[0])
                       : step.arity == 2 ? binary(step.code, first[0], first[1])
                                         : ternary(step.code, first[0], first[1], first[2]);
    stack.erase(first, stack.end());
    stack.push_back(std::move(value));
  }
  for (at::Tensor& value : stack) value = value.expand(sizes_of(call.layout.shape));
  return stack;
}

// [rows]: sums of chunks, then the sum of those, as often as it takes.
at::Tensor row_sums(at::Tensor values) {
  while (values.size(1) > sum_chunk) {
    const std::int64_t chunks = (values.size(1) + sum_chunk - 1) / sum_chunk;
    const std::int64_t padding = chunks * sum_chunk - values.size(1);
    if (padding > 0) values = at::constant_pad_nd(values, {0, padding});
    values = values.reshape({values.size(0), chunks, sum_chunk}).sum(2);
  }
  return values.sum(1);
}

at::Tensor means_of_rows(const at::Tensor& value, const expr::Layout& layout, c10::ScalarType type) {
  const at::Tensor sums = row_sums(value.reshape({layout.rows, layout.cols}).to(c10::kDouble));
  return (sums / static_cast<double>(layout.cols)).to(type);
}

}  // namespace

expr::RowMeanBesideValues<at::Tensor> lowered_beside(const expr::Call<at::Tensor>& call) {
  const c10::ScalarType leaf_type = widest(call.leaves);
  const c10::ScalarType type = c10::promoteTypes(leaf_type, c10::kFloat);
  const std::vector<at::Tensor> values = values_of(call, type);
  return {means_of_rows(values[0], call.layout, type), values[1].to(leaf_type).contiguous()};
}

at::Tensor lowered(const expr::Call<at::Tensor>& call) {
  const c10::ScalarType leaf_type = widest(call.leaves);
  const c10::ScalarType type = c10::promoteTypes(leaf_type, c10::kFloat);
  const at::Tensor value = values_of(call, type)[0];
  if (call.terminal == Terminal::eval) return value.to(leaf_type).contiguous();
  if (call.terminal == Terminal::row_mean) return means_of_rows(value, call.layout, type);
  const at::Tensor sums = row_sums(value.reshape({call.layout.rows, call.layout.cols}).to(c10::kDouble));
  const at::Tensor total = row_sums(sums.reshape({1, call.layout.rows})).reshape(c10::IntArrayRef{});
  return (total / (static_cast<double>(call.layout.rows) * static_cast<double>(call.layout.cols))).to(type);
}

}  // namespace dmdr::libtorch
