// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/core/replay.hpp>

#include <cstdint>
#include <vector>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {

/// One draw of each kind.
struct Drawn {
  std::vector<double> uniform, normal, beta;
  std::vector<std::int64_t> index;
  explicit Drawn(RandomSource& source)
      : uniform(source.uniform(Draw{"u", 3}, 4)),
        normal(source.normal(Draw{"n", 3, 1}, 4, 2)),
        beta(source.beta(Draw{"b", 3, 0, 2}, 4, 4, 1.5)),
        index(source.index(Draw{"i", 3}, 4, 10)) {}
  friend bool operator==(const Drawn&, const Drawn&) = default;
};

}  // namespace

TEST_CASE("what was recorded is replayed: uniforms, normals, Betas and indices, by stream, step, use and rank") {
  Philox philox(1);
  Recorder recorder(philox);
  const Drawn first(recorder);
  CHECK(recorder.draws().contains("draw.n.3.1"));
  CHECK(recorder.draws().contains("draw.b.3.0.2"));
  Replay replay(recorder.draws());
  CHECK(Drawn(replay) == first);
}

TEST_CASE("a replayed draw for some samples has their rows, in their order") {
  Philox philox(1);
  Recorder recorder(philox);
  const std::vector<double> all = recorder.normal(Draw{"n", 0}, 3, 2);
  Replay replay(recorder.draws());
  std::vector<double> some(4);
  replay.normal(Draw{"n", 0}, std::vector<std::int64_t>{2, 0}, 2, some);
  CHECK(some == std::vector<double>{all[4], all[5], all[0], all[1]});
  CHECK_THROWS_AS(replay.normal(Draw{"n", 0}, std::vector<std::int64_t>{3, 0}, 2, some), ShapeError);
  CHECK_THROWS_AS(replay.normal(Draw{"n", 0}, 2, 5), ShapeError);
}

TEST_CASE("samples that are recorded one after the other make one draw") {
  Philox philox(1);
  Recorder recorder(philox);
  std::vector<double> one(2);
  recorder.normal(Draw{"n", 0}, std::vector<std::int64_t>{1}, 2, one);
  recorder.normal(Draw{"n", 0}, std::vector<std::int64_t>{0}, 2, one);
  CHECK(Replay(recorder.draws()).normal(Draw{"n", 0}, 2, 2) == philox.normal(Draw{"n", 0}, 2, 2));
}

TEST_CASE("a draw that was not recorded is an error by name, or comes from the rest") {
  Replay strict{NamedTensors{}};
  CHECK_THROWS_WITH(strict.uniform(Draw{"dm_noise", 7}, 1), ContainsSubstring("no draw draw.dm_noise.7.0"));
  Philox philox(1), same(1);
  Replay lenient(NamedTensors{}, &philox);
  CHECK(Drawn(lenient) == Drawn(same));
}

TEST_CASE("an index beyond its bound is refused") {
  NamedTensors draws;
  draws.emplace("draw.i.0.0", HostTensor::from<std::int64_t>({1}, std::vector<std::int64_t>{5}));
  Replay replay(draws);
  CHECK(replay.index(Draw{"i", 0}, 1, 6)[0] == 5);
  CHECK_THROWS_AS(replay.index(Draw{"i", 0}, 1, 5), NumericError);
}

TEST_CASE("float32 draws are read, of any sample shape") {
  NamedTensors draws;
  draws.emplace("draw.n.0.0", HostTensor::from<float>({2, 1, 2}, std::vector<float>{1, 2, 3, 4}));
  CHECK(Replay(draws).normal(Draw{"n", 0}, 2, 2) == std::vector<double>{1, 2, 3, 4});
}
