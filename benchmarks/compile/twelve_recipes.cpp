// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Twelve recipes composed and described, no backend. Only its compilation is measured.

#include <string>
#include <vector>

#include <dmdr/dmdr.hpp>

using namespace dmdr;
using G = ClassMlp;

template <class... Recipes>
std::vector<std::string> descriptions() {
  return {io::resolved_toml(Recipes{})...};
}
std::vector<std::string> all() {
  return descriptions<Dmdr<G>,                                                             //
                      Dmdr<G, ClassMargin, ReFL>,                                          //
                      Dmdr<G, ClassMargin, ReFL, RtDm>,                                    //
                      Dmdr<G, ClassMargin, ReFL, RtDmWith<ExpEmaZ>, RewardTilt<1>>,        //
                      Dmdr<G, ClassMargin, Grpo, Cps<.9>>,                                 //
                      Dmdr<G, ClassMargin, Grpo, FlowSde<>>,                               //
                      Dmdr<G, DmCa, ForDm<Uniform>, ForCa<BelowInput>, ForFake<Uniform>>,  //
                      DmdrPaper<G, ClassMargin>,                                           //
                      DmdrV1<G, ClassMargin>,                                              //
                      Dmd2<G, Cfg<1.5>>,                                                   //
                      Gndm<G>,                                                             //
                      DecoupledDmd<G, Cfg<2>>>();
}
