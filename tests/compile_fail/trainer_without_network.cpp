// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: this backend has no network for the generator: choose another backend, or specialise dmdr::network_of
#include "trainer_case.hpp"

using namespace dmdr;

using B = EigenCpu<>;
using Recipe = Dmdr<Sd3Medium, Hps21, ReFL, RtDm>;

template void train<Recipe, B, TextPrompts>(const Nothing&, Nothing);
