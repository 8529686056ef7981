// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_case.hpp"

using namespace dmdr;

/// The digits' generator in pixels.
struct Generator : ClassMlp {
  using Space = PixelSpace;
};

template <class T>
struct dmdr::network_of<EigenCpu<T>, Generator> : network_of<EigenCpu<T>, ClassMlp> {};

using B = EigenCpu<>;
using Recipe = Dmdr<Generator, ClassMargin, ReFL>;
using Network = network_of_t<B, ClassMlp>;
using Reward = RewardPack<B, ClassMargin>;

template void train<Recipe, B, ClassLabels>(const Network&, Reward);
