// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using Catch::Matchers::ContainsSubstring;

namespace {

using B = EigenCpu<double>;
using Tensor = B::Tensor;

Tensor zeros(const Shape& shape) {
  return B{}.from_host(shape, std::vector<double>(static_cast<std::size_t>(shape.numel())));
}

/// A tensor that only says where it is: what fails must fail before a backend computes.
struct Remote {
  Shape shape;
  Device device;
};

template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

template <>
struct dmdr::tensor_traits<Remote> {
  using Backend = void;
  static Shape shape(const Remote& tensor) { return tensor.shape; }
  static Dtype dtype(const Remote&) { return Dtype::bf16; }
  static Device device(const Remote& tensor) { return tensor.device; }
  static Remote evaluate(const expr::Call<Remote>&) { throw std::logic_error("evaluated"); }
};

TEST_CASE("a full leaf of another shape is named with its shape, the expected one and all arguments") {
  const unsigned line = __LINE__ + 1;
  const std::string text = message_of([] { (void)eval(full(zeros({4, 16}), "x0") + full(zeros({4, 8}), "eps")); });
  CHECK(text ==
        "dmdr: shape error: full(eps): expected [4, 16], got [4, 8]\n  full(x0): [4, 16] float64 on cpu\n"
        "  full(eps): [4, 8] float64 on cpu\n  at " +
            std::string(__FILE__) + ":" + std::to_string(line));
}

TEST_CASE("a per-sample leaf must have one number a sample") {
  const auto with = [](const Shape& shape) {
    return message_of([&] { (void)mean(per_sample(zeros(shape), "sigma") * full(zeros({4, 2}), "x0")); });
  };
  CHECK_THAT(with({3}), ContainsSubstring("per_sample(sigma): expected [4] or [4, 1, ...], got [3]"));
  CHECK_THAT(with({4, 2}), ContainsSubstring("got [4, 2]"));
  CHECK_THAT(with({1, 4}), ContainsSubstring("got [1, 4]"));
  CHECK_THAT(with({}), ContainsSubstring("got []"));
  CHECK(with({4}) == "no error");
  CHECK(with({4, 1}) == "no error");
}

TEST_CASE("a scalar leaf must have one element, and an unnamed argument is named by its place") {
  const std::string text = message_of([] { (void)row_mean(full(zeros({2, 2})) * scalar(zeros({2}))); });
  CHECK_THAT(text, ContainsSubstring("scalar(argument 2): expected [] or [1], got [2]"));
}

TEST_CASE("an empty batch and an empty sample are refused") {
  CHECK_THAT(message_of([] {
               (void)mean(full(zeros({0, 3}), "x0") * 2);
             }),
             ContainsSubstring("the batch is empty: [0, 3]\n  full(x0): [0, 3] float64 on cpu"));
  CHECK_THAT(message_of([] { (void)eval(full(zeros({3, 0})) * 2); }), ContainsSubstring("the batch is empty: [3, 0]"));
  CHECK_THAT(message_of([] { (void)eval(full(Tensor{}) * 2); }), ContainsSubstring("the batch is empty: [0]"));
}

TEST_CASE("tensors on two devices are refused before anything is computed") {
  const Remote here{{2, 2}, {}}, there{{2, 2}, {Device::Kind::cuda, 1}};
  const std::string text = message_of([&] { (void)eval(full(here, "x0") + full(there, "eps")); });
  CHECK_THAT(text, ContainsSubstring("device error: expression: full(eps) is on cuda:1, the others on cpu"));
  CHECK_THAT(text, ContainsSubstring("full(eps): [2, 2] bfloat16 on cuda:1"));
  CHECK_THROWS_AS(eval(full(there) + full(there)), std::logic_error);
}
