// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The formulas of a training step come from the catalogue that dmdr::compiled holds: a formula changed in a policy and not there would
// be compiled anew, less optimised, in every file with a trainer.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/expr/run.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>
#include <dmdr/tape/backend_on.hpp>
#include <dmdr/train/formulas.hpp>
#include <dmdr/train/trainer.hpp>

#include "support/catch.hpp"
#include "support/toy.hpp"

using namespace dmdr;

namespace {

/// Formulas run outside of networks and rewards: their names in the catalogue, or their text where they are in none.
std::set<std::string> used;
/// Above 0 inside a network or a reward, whose formulas are their own.
int inside = 0;
struct Inside {
  Inside() { ++inside; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { --inside; }
};

template <class T>
const expr::NamedFormula* find(const expr::Program& program) {
  for (const expr::NamedFormula& formula : formulas::catalogue<T>())
    if (formula.kernels.forward == program.kernels(dtype_v<T>)->forward) return &formula;
  return nullptr;
}
std::string text_of(const expr::Program& program) {
  std::string text = "not listed:";
  for (const expr::Instruction& step : program.code) text += " " + std::string(step.name);
  return text;
}

/// The row kernels, and a note of each formula that they are run for.
struct Spy : tape::BackendOn<Spy, float> {
  static void note(const Call& call) {
    const expr::NamedFormula* const found = find<float>(call.program);
    used.insert(found != nullptr ? std::string(found->name) : text_of(call.program));
  }
  static constexpr const char* name = "spy";
  static std::string path(const Call&) { return "row kernels"; }
  static void forward(const Call& call, const expr::Plan& plan) {
    if (inside == 0) note(call);
    expr::run_forward<float>(*call.program.kernels(Dtype::f32), plan, call.terminal);
  }
  static void forward_beside(const Call& call, const expr::Plan& plan, float* row_means) {
    if (inside == 0) note(call);
    expr::run_beside<float>(*call.program.kernels(Dtype::f32), plan, row_means);
  }
  static void backward_into(const Call& call, const expr::Plan& plan) {
    expr::run_backward<float>(call.program, *call.program.kernels(Dtype::f32), plan, call.terminal);
  }
};

/// The toy generator in pixel space, so that the trainer clamps its images.
struct Pixels {
  static constexpr bool needs_decoder = false;
};
struct Generator : toy::Toy {
  using Space = Pixels;
};
struct Network : toy::ToyNetwork<Spy> {
  using Base = toy::ToyNetwork<Spy>;
  using Base::Base;
  explicit Network(Base base) : Base(std::move(base)) {}
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels& labels, double scale = 0) const {
    const Inside guard;
    return Base::predict(x, times, labels, scale);
  }
  [[nodiscard]] Network clone() const { return Network(Base::clone()); }
  [[nodiscard]] Network share(RandomSource& random) const { return Network(Base::share(random)); }
};
struct Reward : toy::LinearModel<Spy> {
  [[nodiscard]] Spy::Tensor score(const Spy::Tensor& x, const ClassLabels& labels) const {
    const Inside guard;
    return toy::LinearModel<Spy>::score(x, labels);
  }
};

}  // namespace

template <>
struct dmdr::network_of<Spy, Generator> {
  using type = Network;
};
template <>
struct dmdr::reward_model_of<Spy, toy::Linear> {
  using type = Reward;
};

namespace {

/// Names of the formulas that a few iterations of a recipe run.
template <class R>
std::set<std::string> formulas_of() {
  used.clear();
  const Spy backend;
  const Network teacher(backend, Network::Form::posterior, 0.3, 0.5);
  typename Trainer<R, Spy>::Parts parts{.teacher = teacher, .conditions = toy::one_class};
  parts.reward.emplace(toy::Linear{}, std::tuple{Reward{{.slope = 1}}});
  const TrainerSettings settings{.seed = 1, .batch = 8, .ratio = 1, .steps = 2};
  Trainer<R, Spy> trainer(backend, R{}, settings, {{.updates = 4, .rl_weight = 0.5}}, std::move(parts));
  while (!trainer.finished()) CHECK(trainer.step().skipped.empty());
  return used;
}

}  // namespace

TEST_CASE(
    "every formula of a training step is served by the catalogue, and the catalogue lists no formula that no step "
    "runs") {
  std::set<std::string> seen = formulas_of<Dmdr<Generator, toy::Linear, ReFL, Joint<2>, SeparateFake, Cfg<2>>>();
  seen.merge(formulas_of<Dmdr<Generator, toy::Linear, Grpo, Cps<.9>, DmCa, ForDm<Uniform>, ForCa<BelowInput>,
                              ForFake<Uniform>, SeparateFake, Cfg<2>>>());
  std::set<std::string> listed;
  for (const expr::NamedFormula& formula : formulas::catalogue<float>()) listed.insert(std::string(formula.name));
  // Run elsewhere: by sampling with guidance, by the teacher's training, by ReFL without its hinge, by GRPO with RTDMD's likelihood.
  used.clear();
  const Spy::Tensor x = Spy{}.from_host(Shape{1, 1}, std::vector<double>{1.0});
  const Spy::Tensor row = Spy{}.from_host(Shape{1}, std::vector<double>{1.0});
  (void)expr::eval(guided(x, x, 2));
  (void)expr::mean(squared_error_of<Velocity>(x, x, x, row, row));
  (void)expr::mean(-1.0 * expr::full(row));
  (void)expr::row_mean(NegativeSquaredError::elements<Velocity>(x, x, x, PathPoint{}, TransitionCoefficients{}));
  seen.merge(used);
  CHECK(seen == listed);
}

TEST_CASE("the catalogue holds the same formulas in double, each with the kernels that its structure has anywhere") {
  const auto f32 = formulas::catalogue<float>();
  const auto f64 = formulas::catalogue<double>();
  REQUIRE(f32.size() == f64.size());
  for (std::size_t k = 0; k < f32.size(); ++k) {
    CAPTURE(f32[k].name);
    CHECK(f32[k].name == f64[k].name);
    CHECK(f32[k].kernels.backward != f32[k].kernels.backward_rows);
  }
  const expr::Program& program = expr::program_v<formulas::Noised>;
  REQUIRE(find<float>(program) != nullptr);
  REQUIRE(find<double>(program) != nullptr);
  CHECK(find<float>(program)->name == "Noised");
  CHECK(find<double>(program)->name == "Noised");
}
