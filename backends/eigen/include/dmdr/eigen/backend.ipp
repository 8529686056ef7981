// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/eigen/array_functions.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/run.hpp>

namespace dmdr {

template <class T>
std::string EigenCpu<T>::path(const Call&) {
  return "row kernels, one thread";
}

template <class T>
const expr::Functions& EigenCpu<T>::functions() {
  return eigen::array_functions();
}

template <class T>
void EigenCpu<T>::forward(const Call& call, const expr::Plan& plan) {
  expr::run_forward<T>(*call.program.kernels(dtype_v<T>), plan, call.terminal);
}

template <class T>
void EigenCpu<T>::forward_beside(const Call& call, const expr::Plan& plan, T* row_means) {
  expr::run_beside<T>(*call.program.kernels(dtype_v<T>), plan, row_means);
}

template <class T>
void EigenCpu<T>::backward_into(const Call& call, const expr::Plan& plan) {
  expr::run_backward<T>(call.program, *call.program.kernels(dtype_v<T>), plan, call.terminal);
}

}  // namespace dmdr
