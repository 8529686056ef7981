// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What dmdr::compiled holds of the tape.

#include <dmdr/tape/blocks.ipp>
#include <dmdr/tape/tape.hpp>

namespace dmdr::tape {

template Ptr<float> leaf<float>(const Shape&, std::shared_ptr<Buffer<float>>, bool);
template Ptr<double> leaf<double>(const Shape&, std::shared_ptr<Buffer<double>>, bool);
template bool recording<float>(std::span<const Ptr<float>>);
template bool recording<double>(std::span<const Ptr<double>>);
template Ptr<float> result<float>(const Shape&, std::shared_ptr<Buffer<float>>, std::vector<Ptr<float>>,
                                  Node<float>::Backward);
template Ptr<double> result<double>(const Shape&, std::shared_ptr<Buffer<double>>, std::vector<Ptr<double>>,
                                    Node<double>::Backward);
template void backward<float>(std::span<const Ptr<float>>, std::span<const Buffer<float>* const>, Location);
template void backward<double>(std::span<const Ptr<double>>, std::span<const Buffer<double>* const>, Location);

}  // namespace dmdr::tape
