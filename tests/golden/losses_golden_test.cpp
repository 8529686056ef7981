// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/divergence/fake_objective.hpp>
#include <dmdr/divergence/normaliser.hpp>
#include <dmdr/divergence/split.hpp>

#include <string>
#include <vector>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/path.hpp>
#include <dmdr/eigen/backend.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("losses");
  return file;
}

/// The formulas of the losses, over golden tensors.
template <class B>
struct Losses {
  using Tensor = typename B::Tensor;
  PathTensors<Tensor> at = path_tensors(B{}, RectifiedFlow{}, Times(golden().values("t")));

  [[nodiscard]] static Tensor tensor(const char* key) { return golden().tensor<B>(key); }
  [[nodiscard]] static double apart(const Tensor& got, const std::string& key) {
    return relative(B::to_host(got), golden().values(key));
  }
  [[nodiscard]] Tensor clean(const char* velocity) const {
    return expr::eval(clean_of<Velocity>(tensor("x_t"), tensor(velocity), at.alpha, at.sigma));
  }
};

/// A scalar loss and its gradient on `leaf`.
template <class B>
void check_loss(const typename B::Tensor& leaf, const typename B::Tensor& loss, const std::string& value,
                const std::string& gradient) {
  CHECK(relative(B::to_host(loss), golden().values(value)) < golden_tolerance<B>);
  B::backward(loss);
  CHECK(relative(B::to_host(B::gradient(leaf).value()), golden().values(gradient)) < golden_tolerance<B>);
}

}  // namespace

TEMPLATE_TEST_CASE("renoising, guidance and the estimates of the clean sample are the golden ones", "", EigenCpu<float>,
                   EigenCpu<double>) {
  using B = TestType;
  using L = Losses<B>;
  const L l;
  CHECK(L::apart(expr::eval(noised(L::tensor("x0"), L::tensor("eps"), l.at.alpha, l.at.sigma)), "x_t") <
        golden_tolerance<B>);
  CHECK(L::apart(expr::eval(guided(L::tensor("v_cond"), L::tensor("v_uncond"), golden().number("w"))), "v_guided") <
        golden_tolerance<B>);
  CHECK(L::apart(l.clean("v_fake"), "x0_fake") < golden_tolerance<B>);
  CHECK(L::apart(l.clean("v_guided"), "x0_real") < golden_tolerance<B>);
  // Guiding velocities and guiding clean samples is the same.
  CHECK(L::apart(expr::eval(guided(l.clean("v_cond"), l.clean("v_uncond"), golden().number("w"))), "x0_real") <
        golden_tolerance<B>);
}

TEMPLATE_TEST_CASE("the normaliser is the golden mean distance to the teacher, plus 1e-8", "", EigenCpu<float>,
                   EigenCpu<double>) {
  using B = TestType;
  const auto raw =
      B::to_host(expr::row_mean(teacher_distance(golden().tensor<B>("x0"), golden().tensor<B>("x0_real"))));
  CHECK(relative(PerSampleL1<>{}.scales({raw}, Groups::whole(3))[0], golden().values("normaliser")) <
        golden_tolerance<B>);
}

TEMPLATE_TEST_CASE("the parts of the split gradient are the golden ones", "", EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  using L = Losses<B>;
  const L l;
  CHECK(L::apart(expr::eval(score_difference(l.clean("v_fake"), l.clean("v_cond"))), "split.dm") < golden_tolerance<B>);
  CHECK(L::apart(expr::eval(cfg_augmentation(l.clean("v_cond"), l.clean("v_uncond"), golden().number("w"))),
                 "split.ca") < golden_tolerance<B>);
}

TEMPLATE_TEST_CASE("the injected loss of a golden direction has the golden value and gradient", "", EigenCpu<float>,
                   EigenCpu<double>) {
  using B = TestType;
  for (const std::string name : {"dmd", "dmd_plain", "decoupled", "advantage_ca", "gndm", "gndm_prompt"}) {
    INFO(name);
    const auto x0 = golden().parameter<B>("x0");
    check_loss<B>(x0, expr::mean(injected(x0, golden().tensor<B>(name + ".g"))), name + ".loss", name + ".grad_x0");
  }
}

TEMPLATE_TEST_CASE("sample weights enter the direction, which gives the golden gradient of a weighted loss", "",
                   EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  const auto g = golden().tensor<B>("dmd_weighted.g"), weight = golden().tensor<B>("weight");
  {
    const auto x0 = golden().parameter<B>("x0");
    check_loss<B>(x0, expr::mean(expr::per_sample(weight) * injected(x0, g)), "dmd_weighted.loss",
                  "dmd_weighted.grad_x0");
  }
  // Ours: the weight multiplies g. The gradient is the same; the value of the loss is 1/2 mean (w g)^2 and not 1/2 w mean g^2.
  const auto x0 = golden().parameter<B>("x0");
  const auto loss = expr::mean(injected(x0, expr::eval(expr::per_sample(weight) * expr::full(g))));
  B::backward(loss);
  CHECK(relative(B::to_host(B::gradient(x0).value()), golden().values("dmd_weighted.grad_x0")) < golden_tolerance<B>);
  CHECK(relative(B::to_host(loss), golden().values("dmd_weighted.loss")) > .01);
}

TEMPLATE_TEST_CASE("the fake score's loss has the golden value and gradient, weighted and not", "", EigenCpu<float>,
                   EigenCpu<double>) {
  using B = TestType;
  const Losses<B> l;
  const auto x = golden().tensor<B>("x_t"), x0 = golden().tensor<B>("x0"), eps = golden().tensor<B>("eps"),
             u = golden().tensor<B>("weight");
  const auto v = golden().parameter<B>("v_fake");
  check_loss<B>(v, expr::mean(FlowMatching::elements<Velocity>(x, v, x0, eps, l.at.alpha, l.at.sigma)),
                "flow_matching.loss", "flow_matching.grad_v");
  const auto again = golden().parameter<B>("v_fake");
  check_loss<B>(again,
                expr::mean(expr::per_sample(u) *
                           FlowMatching::elements<Velocity>(x, again, x0, eps, l.at.alpha, l.at.sigma)),
                "flow_matching_weighted.loss", "flow_matching_weighted.grad_v");
}
