// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 9 over LibTorch: a value that is not finite skips the update that it is in and changes nothing of it. Row 10: memory that runs out.

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include "support/libtorch_catch.hpp"
#include "support/tiny_sit.hpp"

using namespace dmdr;

namespace {

using Tiny = tiny_sit::Tiny<tiny_sit::Full>;

const std::vector<std::string> places{"latent", "clean",       "fake_time",      "fake_loss",         "fake_gradient",
                                      "reward", "dm_gradient", "generator_loss", "generator_gradient"};

NamedTensors weights(Tiny& tiny) {
  NamedTensors named = tiny.trainer->state();
  named.erase("counters");
  return named;
}
bool all_finite(const NamedTensors& named) {
  for (const auto& [name, tensor] : named)
    if (tensor.dtype == Dtype::f32)
      for (const float value : tensor.as<float>())
        if (!std::isfinite(value)) return false;
  return true;
}
/// Puts the value everywhere; a loss keeps its history, as it does where a formula overflows.
void fill(at::Tensor& tensor, double value) {
  if (LibTorch::requires_grad(tensor)) {
    tensor = expr::eval(expr::full(tensor) * value);
    return;
  }
  tensor = LibTorch{}.from_host(shape_of(tensor),
                                std::vector<double>(static_cast<std::size_t>(shape_of(tensor).numel()), value));
}

/// The host's memory, with a count; one allocation can be refused.
class Refusing final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t size) override {
    if (size == 0) return {nullptr, nullptr, &free_block, c10::kCPU};
    if (count++ == refused) throw std::bad_alloc();
    void* const data = std::aligned_alloc(64, (size + 63) / 64 * 64);
    if (data == nullptr) throw std::bad_alloc();
    ++live;
    return {data, data, &free_block, c10::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void* to, const void* from, std::size_t size) const override { default_copy_data(to, from, size); }

  static inline std::atomic<long> count = 0, refused = -1, live = 0;

 private:
  static void free_block(void* data) {
    if (data == nullptr) return;
    --live;
    std::free(data);
  }
};

/// Puts an allocator in the place of the host's until the end of the scope.
struct Installed {
  explicit Installed(Refusing& refusing) { c10::SetAllocator(c10::kCPU, &refusing, 255); }
  Installed(const Installed&) = delete;
  Installed& operator=(const Installed&) = delete;
  ~Installed() { c10::SetAllocator(c10::kCPU, before, 255); }
  c10::Allocator* before = c10::GetAllocator(c10::kCPU);
};

}  // namespace

TEST_CASE("over LibTorch a value that is not finite skips the update it is in, and the report names the place") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const std::string& place : places)
    for (const double value : {nan, inf, -inf}) {
      CAPTURE(place, value);
      Tiny tiny;
      for (int i = 0; i < 4; ++i) (void)tiny.trainer->step();
      const NamedTensors before = weights(tiny);
      tiny.trainer->tap = [&](std::string_view at, at::Tensor& tensor) {
        if (at == place) fill(tensor, value);
      };
      const StepReport report = tiny.trainer->step();
      CHECK_FALSE(report.skipped.empty());
      CHECK_FALSE(report.generator_updated);
      CHECK(tiny.trainer->skips() == 1);
      const NamedTensors after = weights(tiny);
      CHECK(all_finite(after));
      for (const auto& [name, tensor] : before) {
        if (name.rfind("fake", 0) == 0 && report.fake_updated) continue;
        CAPTURE(name);
        CHECK(after.at(name) == tensor);
      }
      tiny.trainer->tap = nullptr;
      CHECK(tiny.trainer->step().skipped.empty());
    }
}

TEST_CASE("over LibTorch a denormal and 1e38 leave every weight finite, whether the step is taken or skipped") {
  for (const std::string& place : places)
    for (const double value : {1e-42, 1e38}) {
      CAPTURE(place, value);
      Tiny tiny;
      for (int i = 0; i < 4; ++i) (void)tiny.trainer->step();
      tiny.trainer->tap = [&](std::string_view at, at::Tensor& tensor) {
        if (at == place) fill(tensor, value);
      };
      (void)tiny.trainer->step();
      CHECK(all_finite(weights(tiny)));
    }
}

TEST_CASE("memory that runs out at any allocation of a step is an exception, leaks nothing, and the next step works") {
  Refusing memory;
  const Installed installed(memory);
  Tiny tiny;
  for (int i = 0; i < 3; ++i) (void)tiny.trainer->step();
  const NamedTensors before = tiny.trainer->state();
  memory.count = 0;
  const long live = memory.live;
  (void)tiny.trainer->step();  // iteration 3 updates the fake score, iteration 4 both
  const long fake_step = memory.count;
  (void)tiny.trainer->step();
  const long both = memory.count - fake_step;
  REQUIRE(fake_step > 100);
  REQUIRE(both > fake_step);
  CHECK(memory.live == live);
  // Every allocation of the longer step.
  long refusals = 0;
  for (long k = 0; k < both; ++k) {
    tiny.trainer->restore(before);
    (void)tiny.trainer->step();
    const long here = memory.live;
    memory.count = 0;
    memory.refused = k;
    try {
      (void)tiny.trainer->step();
    } catch (const std::exception&) {
      ++refusals;
    }
    memory.refused = -1;
    CAPTURE(k);
    // What LibTorch's engine still holds of an interrupted sweep goes with the next one.
    CHECK(tiny.trainer->step().skipped == "");
    CHECK(memory.live == here);
    if (k % 16 == 0) CHECK(all_finite(tiny.trainer->state()));
  }
  CHECK(refusals == both);
}
