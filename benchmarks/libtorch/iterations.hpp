// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "peer.hpp"
#include "results.hpp"

namespace bench {

[[nodiscard]] double seconds_of(const std::function<void()>& work);

/// Seconds of a program's iterations, without and with a generator update.
struct Taken {
  std::vector<double> fake{}, generator{};

  void add(bool with_generator, double seconds) { (with_generator ? generator : fake).push_back(seconds); }
};

/// Prints and keeps the ratios of two programs over the rounds: of the two kinds of iteration, and of a cycle of `ratio` iterations with one
/// generator update.
void add_ratios(Results& results, const std::string& path, const Taken& a, const Taken& b, std::int64_t ratio);

/// `benchmarks/python/dmdr_step.py` with these arguments, waiting for requests `fake` and `generator`; none without a `python`.
[[nodiscard]] std::unique_ptr<Peer> eager_peer(const std::string& python, const std::vector<std::string>& arguments);

}  // namespace bench
