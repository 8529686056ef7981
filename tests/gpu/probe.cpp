// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Says whether the tests labelled `gpu` can run here: exit status 0, or 1 and the reason.

#include <cstdio>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/backend.hpp>

int main() {
  try {
    const dmdr::LibTorch backend{.device = {dmdr::Device::Kind::cuda, 0}};
    (void)backend.from_host({1}, std::vector<double>{1});
    std::printf("CUDA answers\n");
    return 0;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}
