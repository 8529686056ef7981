// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 9: NaN, infinities, a denormal and 1e38 in seven places. A step that is not finite changes no weight, optimiser state or average of what it
// would have updated; it is counted and named; ten in a row stop the run with a diagnostic checkpoint.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/io/checkpoint_store.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

using Tiny = tiny::Tiny<tiny::Full>;

const std::vector<std::string> places{"latent", "clean",       "fake_time",      "fake_loss",         "fake_gradient",
                                      "reward", "dm_gradient", "generator_loss", "generator_gradient"};

/// The state without the counters of iterations and skips.
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
void fill(tiny::Backend::Tensor& tensor, double value) {
  if (tiny::Backend::requires_grad(tensor)) {
    tensor = expr::eval(expr::full(tensor) * value);
    return;
  }
  tensor = tiny::Backend{}.from_host(shape_of(tensor),
                                     std::vector<double>(static_cast<std::size_t>(shape_of(tensor).numel()), value));
}

}  // namespace

TEST_CASE("a value that is not finite skips the update it is in, and the report names the place") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const std::string& place : places)
    for (const double value : {nan, inf, -inf}) {
      CAPTURE(place, value);
      Tiny tiny;
      // Iteration 4 updates both networks.
      for (int i = 0; i < 4; ++i) (void)tiny.trainer->step();
      const NamedTensors before = weights(tiny);
      tiny.trainer->tap = [&](std::string_view at, tiny::Backend::Tensor& tensor) {
        if (at == place) fill(tensor, value);
      };
      const StepReport report = tiny.trainer->step();
      CHECK_FALSE(report.skipped.empty());
      CHECK_FALSE(report.generator_updated);
      CHECK(tiny.trainer->skips() == 1);
      const NamedTensors after = weights(tiny);
      CHECK(all_finite(after));
      for (const auto& [name, tensor] : before) {
        const bool of_fake = name.rfind("fake", 0) == 0;
        // The fake score's own step stands where the fault came after it.
        if (of_fake && report.fake_updated) continue;
        CAPTURE(name);
        CHECK(after.at(name) == tensor);
      }
      tiny.trainer->tap = nullptr;
      CHECK(tiny.trainer->step().skipped.empty());
    }
}

TEST_CASE("a denormal and 1e38 leave every weight finite, whether the step is taken or skipped") {
  for (const std::string& place : places)
    for (const double value : {1e-42, 1e38}) {
      CAPTURE(place, value);
      Tiny tiny;
      for (int i = 0; i < 4; ++i) (void)tiny.trainer->step();
      tiny.trainer->tap = [&](std::string_view at, tiny::Backend::Tensor& tensor) {
        if (at == place) fill(tensor, value);
      };
      (void)tiny.trainer->step();
      CHECK(all_finite(weights(tiny)));
    }
}

TEST_CASE("ten skipped iterations in a row end the run, and a diagnostic checkpoint is left") {
  const test::TemporaryDirectory directory;
  Tiny tiny;
  tiny.trainer->tap = [](std::string_view at, tiny::Backend::Tensor& tensor) {
    if (at == "fake_loss") fill(tensor, std::numeric_limits<double>::quiet_NaN());
  };
  CHECK_THROWS_AS(run(*tiny.trainer, {.directory = directory.path()}), NumericError);
  CHECK(tiny.trainer->iteration() == 10);
  CHECK(io::load_newest_checkpoint(directory.path() + "/diverged").checkpoint.has_value());
  CHECK_FALSE(io::load_newest_checkpoint(directory.path()).checkpoint.has_value());
}

TEST_CASE("nine skipped iterations and a good one begin the count anew") {
  Tiny tiny;
  int bad = 9;
  tiny.trainer->tap = [&](std::string_view at, tiny::Backend::Tensor& tensor) {
    if (at == "fake_loss" && bad-- > 0) fill(tensor, std::numeric_limits<double>::quiet_NaN());
  };
  for (int i = 0; i < 10; ++i) (void)tiny.trainer->step();
  bad = 9;
  for (int i = 0; i < 9; ++i) CHECK_NOTHROW(tiny.trainer->step());
  CHECK(tiny.trainer->skips() == 18);
}
