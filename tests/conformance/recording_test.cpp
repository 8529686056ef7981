// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <thread>
#include <vector>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"

// Duties of backends/README.md: "Gradients", what is recorded and what is not.

using namespace dmdr;
using namespace dmdr::test;

namespace {

using Numbers = std::vector<double>;

template <class B>
typename B::Tensor parameter(const Shape& shape, const Numbers& values) {
  return B::parameter(B{}.from_host(shape, values));
}
template <class Tensor>
Tensor square_of(const Tensor& x) {
  return expr::eval(expr::square(expr::full(x)));
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("NoGrad records nothing while it lives, nested too, and on its own thread only", "", Backends) {
  const auto x = parameter<TestType>({1}, {3});
  {
    const typename TestType::NoGrad outer;
    {
      const typename TestType::NoGrad inner;
      CHECK_FALSE(TestType::requires_grad(square_of(x)));
    }
    CHECK_FALSE(TestType::requires_grad(square_of(x)));
    bool elsewhere = false;
    std::thread([&] { elsewhere = TestType::requires_grad(square_of(x)); }).join();
    CHECK(elsewhere);
  }
  CHECK(TestType::requires_grad(square_of(x)));
}

TEMPLATE_LIST_TEST_CASE("checkpoint changes no bit of a value or gradient, and runs its block again", "", Backends) {
  using Tensor = typename TestType::Tensor;
  const Shape shape{3, 11};
  const auto run = [&](bool checkpointed, int& runs) {
    const Tensor x = parameter<TestType>(shape, seeded("x", shape)), w = parameter<TestType>(shape, seeded("w", shape));
    const auto block = [&](std::span<const Tensor> in) {
      ++runs;
      return expr::eval(expr::square(expr::full(square_of(in[0])) * expr::full(w)));
    };
    const Tensor h = square_of(x);
    const Tensor y = checkpointed ? TestType::checkpoint(block, std::span(&h, 1)) : block(std::span(&h, 1));
    const Tensor seed = TestType{}.from_host(shape, seeded("g", shape));
    TestType::backward(std::span(&y, 1), std::span(&seed, 1));
    return std::vector{TestType::to_host(y), TestType::to_host(*TestType::gradient(x)),
                       TestType::to_host(*TestType::gradient(w))};
  };
  int plain = 0, again = 0;
  CHECK(run(true, again) == run(false, plain));
  CHECK(plain == 1);
  CHECK(again == 2);
}

TEMPLATE_LIST_TEST_CASE("checkpoint of inputs without a gradient, or under NoGrad, has none", "", Backends) {
  using Tensor = typename TestType::Tensor;
  const auto block = [](std::span<const Tensor> in) { return square_of(in[0]); };
  const Tensor fixed = TestType{}.from_host({1}, Numbers{2}), x = parameter<TestType>({1}, {2});
  CHECK_FALSE(TestType::requires_grad(TestType::checkpoint(block, std::span(&fixed, 1))));
  CHECK(TestType::requires_grad(TestType::checkpoint(block, std::span(&x, 1))));
  const typename TestType::NoGrad off;
  CHECK_FALSE(TestType::requires_grad(TestType::checkpoint(block, std::span(&x, 1))));
}
