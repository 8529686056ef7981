// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: this backend cannot train: it does not model dmdr::DifferentiableBackend
#include "trainer_case.hpp"

using namespace dmdr;

/// Holds tensors and draws images, and has no gradients.
struct Inference {
  static constexpr const char* name = "inference";
  using Tensor = EigenCpu<>::Tensor;
  [[nodiscard]] Tensor from_host(const Shape& shape, std::span<const double> values) const {
    return EigenCpu<>{}.from_host(shape, values);
  }
  [[nodiscard]] static std::vector<double> to_host(const Tensor& tensor) { return EigenCpu<>::to_host(tensor); }
  [[nodiscard]] Tensor load(const HostTensor& host) const { return EigenCpu<>{}.load(host); }
  [[nodiscard]] static HostTensor store(const Tensor& tensor) { return EigenCpu<>::store(tensor); }
  [[nodiscard]] static Tensor reshape(const Tensor& tensor, const Shape& shape) {
    return EigenCpu<>::reshape(tensor, shape);
  }
  [[nodiscard]] static Tensor take_rows(const Tensor& tensor, std::span<const std::int64_t> rows) {
    return EigenCpu<>::take_rows(tensor, rows);
  }
  [[nodiscard]] static Tensor concat_rows(std::span<const Tensor> tensors) { return EigenCpu<>::concat_rows(tensors); }
};
static_assert(Backend<Inference>);

using B = Inference;
using Recipe = Dmdr<ClassMlp, ClassMargin, ReFL>;

template void train<Recipe, B, ClassLabels>(const Nothing&, Nothing);
