// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"

// Duties of backends/README.md: "Tensor and its traits", "Creation and exchange".

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Rows = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

const Numbers six{1, 2, 3, 4, 5, 6};

template <class B>
typename B::Tensor tensor(const Shape& shape, const Numbers& values) {
  return B{}.from_host(shape, values);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a tensor holds what it was made from, row-major, and asks for no gradient", "", Backends) {
  const auto x = tensor<TestType>({2, 3}, six);
  CHECK(shape_of(x) == Shape{2, 3});
  CHECK(TestType::to_host(x) == six);
  CHECK(dmdr::device_of(x) == Device{});
  CHECK_FALSE(TestType::requires_grad(x));
  CHECK_THAT(describe_tensor(x), ContainsSubstring("[2, 3] " + std::string(name_of(dtype_of(x))) + " on cpu"));
  CHECK(std::string(TestType::name) != "");
}

TEMPLATE_LIST_TEST_CASE("a count of values that is not the shape's is refused", "", Backends) {
  CHECK_THROWS_AS(tensor<TestType>({2, 2}, six), ShapeError);
  CHECK_THROWS_WITH(tensor<TestType>({7}, six), ContainsSubstring("from_host: [7]"));
}

TEMPLATE_LIST_TEST_CASE("scalars, empty batches and default-made handles are tensors", "", Backends) {
  CHECK(TestType::to_host(tensor<TestType>({}, {4})) == Numbers{4});
  CHECK(TestType::to_host(tensor<TestType>({0, 3}, {})).empty());
  typename TestType::Tensor handle;
  CHECK(shape_of(handle) == Shape{0});
  CHECK_THAT(describe_tensor(handle), ContainsSubstring("[0]"));
  handle = tensor<TestType>({1}, {5});
  CHECK(TestType::to_host(handle) == Numbers{5});
}

TEMPLATE_LIST_TEST_CASE("a copied handle is the same tensor", "", Backends) {
  auto x = tensor<TestType>({2}, {1, 2});
  const auto copy = x;
  TestType::assign(x, tensor<TestType>({2}, {7, 8}));
  CHECK(TestType::to_host(copy) == Numbers{7, 8});
}

TEMPLATE_LIST_TEST_CASE("what was stored loads bit for bit, in the tensor's own type", "", Backends) {
  const auto x = tensor<TestType>({5, 7}, seeded("x", {5, 7}));
  const HostTensor stored = TestType::store(x);
  CHECK(stored.dtype == dtype_of(x));
  CHECK(stored.shape == Shape{5, 7});
  CHECK(TestType::store(TestType{}.load(stored)) == stored);
  CHECK(TestType::to_host(TestType{}.load(stored)) == TestType::to_host(x));
}

TEMPLATE_LIST_TEST_CASE("float32 and float64 load on every backend, what is not a float on none", "", Backends) {
  const Numbers doubles{0.5, -2, 1024.25};
  const std::vector<float> floats(doubles.begin(), doubles.end());
  CHECK(TestType::to_host(TestType{}.load(HostTensor::from<double>({3}, std::span(doubles)))) == doubles);
  CHECK(TestType::to_host(TestType{}.load(HostTensor::from<float>({3}, std::span(floats)))) == doubles);
  const Rows integers{1, 2, 3};
  CHECK_THROWS_AS(TestType{}.load(HostTensor::from<std::int64_t>({3}, std::span(integers))), DtypeError);
}

TEMPLATE_LIST_TEST_CASE("a host tensor whose bytes do not fit its shape is not loaded", "", Backends) {
  HostTensor broken = TestType::store(tensor<TestType>({2, 3}, six));
  broken.shape = Shape{2, 4};
  CHECK_THROWS_AS(TestType{}.load(broken), ShapeError);
  broken.shape = Shape{1};
  CHECK_THROWS_AS(TestType{}.load(broken), ShapeError);
}

TEMPLATE_LIST_TEST_CASE("reshape keeps the elements and passes the gradient on", "", Backends) {
  const auto x = TestType::parameter(tensor<TestType>({2, 3}, six));
  const auto y = TestType::reshape(x, {3, 2, 1});
  CHECK(shape_of(y) == Shape{3, 2, 1});
  CHECK(TestType::to_host(y) == six);
  const auto cotangent = tensor<TestType>({3, 2, 1}, six);
  TestType::backward(std::span(&y, 1), std::span(&cotangent, 1));
  const auto gradient = TestType::gradient(x);
  REQUIRE(gradient);
  CHECK(shape_of(*gradient) == Shape{2, 3});
  CHECK(TestType::to_host(*gradient) == six);
  CHECK_THROWS_WITH(TestType::reshape(x, {4}), ContainsSubstring("reshape: [2, 3]"));
  CHECK_THROWS_AS(TestType::reshape(x, {4}), ShapeError);
}

TEMPLATE_LIST_TEST_CASE("take_rows copies samples in any order, repeated or none", "", Backends) {
  auto x = tensor<TestType>({3, 2}, six);
  const Rows some{2, 0, 2};
  const auto part = TestType::take_rows(x, some);
  CHECK(shape_of(part) == Shape{3, 2});
  CHECK(TestType::to_host(part) == Numbers{5, 6, 1, 2, 5, 6});
  TestType::assign(x, tensor<TestType>({3, 2}, {0, 0, 0, 0, 0, 0}));
  CHECK(TestType::to_host(part)[0] == 5);
  CHECK(shape_of(TestType::take_rows(x, Rows{})) == Shape{0, 2});
  CHECK(TestType::to_host(TestType::take_rows(tensor<TestType>({3}, {7, 8, 9}), Rows{1})) == Numbers{8});
}

TEMPLATE_LIST_TEST_CASE("take_rows refuses samples that are not there", "", Backends) {
  const auto x = tensor<TestType>({3, 2}, six);
  CHECK_THROWS_AS(TestType::take_rows(x, Rows{3}), ShapeError);
  CHECK_THROWS_AS(TestType::take_rows(x, Rows{0, -1}), ShapeError);
  CHECK_THROWS_AS(TestType::take_rows(tensor<TestType>({}, {1}), Rows{0}), ShapeError);
}

TEMPLATE_LIST_TEST_CASE("concat_rows puts batches one after the other", "", Backends) {
  const std::vector list{tensor<TestType>({1, 2}, {1, 2}), tensor<TestType>({0, 2}, {}),
                         tensor<TestType>({2, 2}, {3, 4, 5, 6})};
  const auto all = TestType::concat_rows(list);
  CHECK(shape_of(all) == Shape{3, 2});
  CHECK(TestType::to_host(all) == six);
}

TEMPLATE_LIST_TEST_CASE("concat_rows refuses no batches, scalars and samples of two shapes", "", Backends) {
  using Tensors = std::vector<typename TestType::Tensor>;
  CHECK_THROWS_AS(TestType::concat_rows(Tensors{}), ShapeError);
  CHECK_THROWS_AS(TestType::concat_rows(Tensors{tensor<TestType>({}, {1})}), ShapeError);
  CHECK_THROWS_AS(TestType::concat_rows(Tensors{tensor<TestType>({3, 2}, six), tensor<TestType>({2, 3}, six)}),
                  ShapeError);
  CHECK_THROWS_AS(TestType::concat_rows(Tensors{tensor<TestType>({1}, {1}), tensor<TestType>({}, {1})}), ShapeError);
}
