// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The four methods of other families run through the trainer without a line of their own in it.

#include <cmath>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace dmdr;

namespace {

template <class R>
std::vector<StepReport> reports(tiny::Tiny<R>& tiny, int iterations) {
  std::vector<StepReport> all;
  for (int i = 0; i < iterations; ++i) {
    all.push_back(tiny.trainer->step());
    CHECK(all.back().skipped.empty());
    CHECK(std::isfinite(all.back().fake_loss));
  }
  return all;
}

}  // namespace

TEST_CASE("GRPO's ratio is 1 when its gradient is taken, and its loss then is minus the mean advantage") {
  tiny::Tiny<tiny::GrpoRun> tiny({}, tiny::Tiny<tiny::GrpoRun>::defaults(), {{.updates = 100, .rl_weight = 1}});
  int updates = 0;
  for (const StepReport& report : reports(tiny, 12)) {
    if (!report.generator_updated) continue;
    ++updates;
    CHECK(report.ratio_deviation == 0);
    CHECK(report.rl_loss == Approx(0).margin(1e-6));
    CHECK(report.generator_gradient_norm > 0);
  }
  CHECK(updates == 5);
}

TEST_CASE("GRPO without DMD moves the student towards its reward") {
  using Run = tiny::Tiny<tiny::GrpoRun>;
  TrainerSettings settings = Run::defaults();
  settings.batch = 96;
  settings.ratio = 1;
  Run run({}, settings, {{.updates = 150, .dm_weight = 0, .rl_weight = 1, .train_fake = false}});
  double early = 0, late = 0;
  const auto all = reports(run, 151);
  for (const StepReport& report : all) {
    if (!report.generator_updated) continue;
    if (report.updates <= 15) early += report.reward / 15;
    if (report.updates > 135) late += report.reward / 15;
  }
  CHECK(late > early + .05);
}

TEST_CASE("DMD2 updates the generator in its first iteration, DMDR does not") {
  tiny::Tiny<tiny::Dmd2Run> dmd2;
  CHECK(reports(dmd2, 1)[0].generator_updated);
  tiny::Tiny<tiny::GrpoRun> dmdr;
  CHECK_FALSE(reports(dmdr, 1)[0].generator_updated);
}
