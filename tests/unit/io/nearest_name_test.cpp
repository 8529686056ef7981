// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/io/nearest_name.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps of neighbours",
          "[io][nearest_name]") {
  CHECK(io::edit_distance("", "") == 0);
  CHECK(io::edit_distance("abc", "") == 3);
  CHECK(io::edit_distance("", "ab") == 2);
  CHECK(io::edit_distance("kitten", "sitting") == 3);
  CHECK(io::edit_distance("seed", "sede") == 1);
  CHECK(io::edit_distance("rate", "lrate") == 1);
  CHECK(io::edit_distance("ab", "ba") == 1);
}

TEST_CASE("the nearest name is the most similar one, the first of equals", "[io][nearest_name]") {
  CHECK(io::nearest_name("stpes", {"seed", "steps", "stage"}) == "steps");
  CHECK(io::nearest_name("x", {"b", "a"}) == "b");
  CHECK(io::nearest_name("rate", {"rates", "train.rate"}) == "rates");
  CHECK(io::nearest_name("old.learning_rate", {"old.momentum", "train.learning_rate"}) == "train.learning_rate");
  CHECK(io::nearest_name("x", {}).empty());
}
