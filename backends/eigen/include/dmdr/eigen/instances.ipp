// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What dmdr::compiled holds of the Eigen backend: every definition, once for float and once for double. Files that see
// DMDR_COMPILED include declarations only, and no header of Eigen.

#include <dmdr/eigen/array_functions.ipp>
#include <dmdr/eigen/backend.ipp>
#include <dmdr/eigen/class_margin.ipp>
#include <dmdr/eigen/class_mlp.ipp>
#include <dmdr/eigen/classifier.ipp>
#include <dmdr/eigen/cross_entropy.ipp>
#include <dmdr/eigen/gemm.ipp>
#include <dmdr/eigen/initial.ipp>
#include <dmdr/eigen/ops.ipp>
#include <dmdr/eigen/rows.ipp>
#include <dmdr/eigen/symmetric_eigen.ipp>

namespace dmdr {

template class tape::BackendOn<EigenCpu<float>, float>;
template class tape::BackendOn<EigenCpu<double>, double>;
template struct EigenCpu<float>;
template struct EigenCpu<double>;

namespace eigen {

template class ClassMlpNetwork<float>;
template class ClassMlpNetwork<double>;
template class Classifier<float>;
template class Classifier<double>;
template class ClassMarginModel<float>;
template class ClassMarginModel<double>;

template Tensor<float> class_margin(const Tensor<float>&, const ClassLabels&, Location);
template Tensor<double> class_margin(const Tensor<double>&, const ClassLabels&, Location);
template Tensor<float> cross_entropy(const Tensor<float>&, const ClassLabels&, double, Location);
template Tensor<double> cross_entropy(const Tensor<double>&, const ClassLabels&, double, Location);
template Tensor<float> time_embedding<float>(const Times&);
template Tensor<double> time_embedding<double>(const Times&);

template Tensor<float> initial_normal(const EigenCpu<float>&, const std::string&, const Shape&, double, RandomSource&);
template Tensor<double> initial_normal(const EigenCpu<double>&, const std::string&, const Shape&, double,
                                       RandomSource&);
template Tensor<float> initial_zero(const EigenCpu<float>&, const Shape&);
template Tensor<double> initial_zero(const EigenCpu<double>&, const Shape&);

template Tensor<float> linear_sum(const std::vector<Product<float>>&, const Addends<float>&, Location);
template Tensor<double> linear_sum(const std::vector<Product<double>>&, const Addends<double>&, Location);
template Tensor<float> linear(const Tensor<float>&, const Tensor<float>&, Location);
template Tensor<double> linear(const Tensor<double>&, const Tensor<double>&, Location);
template Tensor<float> linear(const Tensor<float>&, const Tensor<float>&, const Tensor<float>&, Location);
template Tensor<double> linear(const Tensor<double>&, const Tensor<double>&, const Tensor<double>&, Location);
template Tensor<float> silu(const Tensor<float>&);
template Tensor<double> silu(const Tensor<double>&);
template Tensor<float> rms_norm(const Tensor<float>&, double, Location);
template Tensor<double> rms_norm(const Tensor<double>&, double, Location);
template Tensor<float> embedding_rows(const Tensor<float>&, std::vector<std::int64_t>, Location);
template Tensor<double> embedding_rows(const Tensor<double>&, std::vector<std::int64_t>, Location);

template void times_transposed(MatrixView<const float>, MatrixView<const float>, float, MatrixView<float>, Write);
template void times_transposed(MatrixView<const double>, MatrixView<const double>, double, MatrixView<double>, Write);
template void times(MatrixView<const float>, MatrixView<const float>, float, MatrixView<float>, Write);
template void times(MatrixView<const double>, MatrixView<const double>, double, MatrixView<double>, Write);
template void transposed_times(MatrixView<const float>, MatrixView<const float>, float, MatrixView<float>, Write);
template void transposed_times(MatrixView<const double>, MatrixView<const double>, double, MatrixView<double>, Write);

template void silu_forward(const float*, float*, std::int64_t);
template void silu_forward(const double*, double*, std::int64_t);
template void silu_backward(const float*, const float*, float*, std::int64_t, Write);
template void silu_backward(const double*, const double*, double*, std::int64_t, Write);
template void rms_forward(MatrixView<const float>, float, float*);
template void rms_forward(MatrixView<const double>, double, double*);
template void rms_backward(MatrixView<const float>, float, const float*, float*, Write);
template void rms_backward(MatrixView<const double>, double, const double*, double*, Write);
template void repeat_row(const float*, MatrixView<float>);
template void repeat_row(const double*, MatrixView<double>);
template void sum_rows(MatrixView<const float>, float*, Write);
template void sum_rows(MatrixView<const double>, double*, Write);
template void write_elements(const float*, float*, std::int64_t, Write);
template void write_elements(const double*, double*, std::int64_t, Write);

}  // namespace eigen
}  // namespace dmdr
