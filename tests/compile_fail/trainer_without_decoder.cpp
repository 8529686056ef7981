// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: this backend has no decoder for the generator's latents: choose another backend, or specialise dmdr::decoder_of
#include "trainer_case.hpp"

using namespace dmdr;

/// The digits' generator in the latents of an autoencoder.
struct Generator : ClassMlp {
  using Space = LatentSpace;
};

template <class T>
struct dmdr::network_of<EigenCpu<T>, Generator> : network_of<EigenCpu<T>, ClassMlp> {};

using B = EigenCpu<>;
using Recipe = Dmdr<Generator, ClassMargin, ReFL>;

template void train<Recipe, B, ClassLabels>(const Nothing&, Nothing);
