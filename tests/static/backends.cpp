// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <dmdr/dmdr.hpp>

// What the backends are, and what each has.

using namespace dmdr;

namespace {

static_assert(DifferentiableBackend<Reference> && DifferentiableBackend<EigenCpu<float>> &&
              DifferentiableBackend<EigenCpu<double>>);
static_assert(std::is_empty_v<Reference> && std::is_empty_v<EigenCpu<>>, "these backends have no settings");
static_assert(std::is_same_v<backend_of_t<Reference::Tensor>, Reference>);
static_assert(std::is_same_v<backend_of_t<EigenCpu<float>::Tensor>, EigenCpu<float>>);
static_assert(!Backend<int> && !TensorHandle<double>);

static_assert(HasNetwork<EigenCpu<>, ClassMlp> && !HasNetwork<EigenCpu<>, Sd3Medium> &&
              !HasNetwork<Reference, ClassMlp>);
static_assert(HasReward<EigenCpu<>, ClassMargin> && !HasReward<EigenCpu<>, Hps21>);
static_assert(HasReward<Reference, NoReward>, "no reward needs no model");
static_assert(HasReward<EigenCpu<>, Sum<Term<ClassMargin>, Term<ClassMargin>>>);
static_assert(!HasReward<EigenCpu<>, Sum<Term<ClassMargin>, Term<Hps21>>>, "one term without a model is enough");
static_assert(HasDecoder<EigenCpu<>, ClassMlp> && !HasDecoder<EigenCpu<>, Sd3Medium>);

// All orders of a recipe share one trainer.
using A = Trainer<Dmdr<ClassMlp, ClassMargin, ReFL, RtDm>, EigenCpu<>>;
using B = Trainer<Dmdr<RtDm, ReFL, ClassMargin, ClassMlp>, EigenCpu<>>;
static_assert(std::is_same_v<A::Base, B::Base>);

// No gradient reaches a frozen network: it does not hand out its parameters.
using Net = network_of_t<EigenCpu<>, ClassMlp>;
template <class N>
concept HandsOutParameters = requires(N network) {
  network.base();
}
|| requires(N network) { network.adapter(); };
static_assert(HandsOutParameters<Net> && !HandsOutParameters<Frozen<Net>>);
static_assert(std::is_same_v<decltype(std::declval<Frozen<Net>&>().network()), const Net&>);

}  // namespace
