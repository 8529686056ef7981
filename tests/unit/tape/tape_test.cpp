// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <dmdr/tape/tape.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using Node = tape::Node<double>;
using Ptr = tape::Ptr<double>;

namespace {

std::shared_ptr<tape::Buffer<double>> buffer(double value) {
  auto made = std::make_shared<tape::Buffer<double>>(1);
  made->data()[0] = value;
  return made;
}
Ptr variable(double value) { return tape::leaf<double>({}, buffer(value), true); }
Ptr product(const Ptr& a, const Ptr& b) {
  return tape::result<double>({}, buffer(*a->data() * *b->data()), {a, b}, [](Node& self) {
    const double g = self.grad->data()[0], x = *self.inputs[0]->data(), y = *self.inputs[1]->data();
    if (self.inputs[0]->requires_grad) *self.inputs[0]->gradient() += g * y;
    if (self.inputs[1]->requires_grad) *self.inputs[1]->gradient() += g * x;
  });
}
void backward(const std::vector<Ptr>& roots, double cotangent = 1) {
  const auto seed = buffer(cotangent);
  const std::vector<const tape::Buffer<double>*> seeds(roots.size(), seed.get());
  tape::backward<double>(roots, seeds);
}

}  // namespace

TEST_CASE("a buffer is aligned to 64 bytes, also an empty one") {
  for (const std::int64_t size : {0, 1, 7, 1000}) {
    tape::Buffer<float> made(size);
    CHECK(reinterpret_cast<std::uintptr_t>(made.data()) % 64 == 0);
    CHECK(made.span().size() == static_cast<std::size_t>(size));
  }
}

TEST_CASE("a value used twice is swept once, after all that is made of it") {
  const Ptr x = variable(3);
  const Ptr square = product(x, x);         // x^2
  const Ptr cube = product(square, x);      // x^3
  const Ptr fifth = product(cube, square);  // x^5
  backward({fifth});
  CHECK(*x->grad->data() == 5 * 81);
}

TEST_CASE("a diamond of thirty levels is swept in linear time") {
  const Ptr x = variable(1);
  Ptr y = x;
  for (int level = 0; level < 30; ++level) y = product(y, y);
  backward({y});
  CHECK(*x->grad->data() == static_cast<double>(1 << 30));
}

TEST_CASE("leaves accumulate over several roots and several sweeps; gradients of intermediates are released") {
  const Ptr x = variable(2);
  const Ptr square = product(x, x), cube = product(square, x);
  backward({square, cube});
  CHECK(*x->grad->data() == 4 + 12);
  CHECK(square->grad == nullptr);
  CHECK(cube->grad == nullptr);
  backward({square}, 10);
  CHECK(*x->grad->data() == 16 + 40);
}

TEST_CASE("nothing is recorded where no input requires a gradient, or recording is off") {
  const Ptr fixed = tape::leaf<double>({}, buffer(2));
  CHECK(product(fixed, fixed)->inputs.empty());
  const Ptr x = variable(2);
  {
    const tape::NoGrad off;
    CHECK_FALSE(product(x, x)->requires_grad);
    {
      const tape::WithGrad on;
      CHECK(product(x, x)->requires_grad);
    }
    CHECK_FALSE(product(x, x)->requires_grad);
  }
  CHECK(product(x, fixed)->requires_grad);
}

TEST_CASE("recording is switched off for one thread only") {
  const Ptr x = variable(2);
  const tape::NoGrad off;
  bool recorded = false;
  std::thread([&] { recorded = product(x, x)->requires_grad; }).join();
  CHECK(recorded);
}

TEST_CASE("a sweep goes in the right order through values that another thread made") {
  const Ptr x = variable(3);
  Ptr square;
  std::thread([&] {
    for (int i = 0; i < 100; ++i) square = product(x, x);  // the other thread has counted further
  }).join();
  const Ptr cube = product(square, x), fourth = product(cube, x);
  backward({fourth});
  CHECK(*x->grad->data() == 4 * 27);
}

TEST_CASE("a sweep from something without a gradient is refused, and changes nothing") {
  const Ptr x = variable(2), fixed = tape::leaf<double>({}, buffer(2));
  const Ptr square = product(x, x);
  CHECK_THROWS_WITH(backward({square, fixed}),
                    ContainsSubstring("result 2 depends on nothing that requires a gradient"));
  CHECK(square->grad == nullptr);
  CHECK(x->grad == nullptr);
}

TEST_CASE("a value outlives the handle of what it was made of") {
  const Ptr x = variable(2);
  Ptr y = product(x, x);
  y = product(y, y);
  y = product(y, x);  // x^5
  backward({y});
  CHECK(*x->grad->data() == 80);
  y.reset();
  CHECK(x.use_count() == 1);
}
