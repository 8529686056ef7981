// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string>

#include <dmdr/core/dtype.hpp>
#include <dmdr/core/error.hpp>

namespace dmdr::test {

/// Where the LibTorch tests put their tensors: `DMDR_TEST_DEVICE`, `cpu` where it is not set. The ctest entries labelled `gpu` run the
/// same tests with `cuda`.
[[nodiscard]] inline Device test_device() {
  const char* const name = std::getenv("DMDR_TEST_DEVICE");
  if (name == nullptr || std::string(name) == "cpu") return {};
  if (std::string(name) == "cuda") return {Device::Kind::cuda, 0};
  throw ConfigError("tests: DMDR_TEST_DEVICE is '" + std::string(name) + "'; it takes cpu and cuda");
}

}  // namespace dmdr::test
