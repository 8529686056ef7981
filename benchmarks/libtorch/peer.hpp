// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace bench {

/// Another program that does timed work on request: a line goes in, a line with the seconds comes back.
class Peer {
 public:
  /// Starts `command`, whose first word is a program or its path. Throws `dmdr::Error` where it cannot.
  explicit Peer(const std::vector<std::string>& command);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  /// Closes its input and waits for its end.
  ~Peer();

  /// Seconds that `request` took there. Throws `dmdr::Error` where the program answers with anything else than a number, or has ended.
  [[nodiscard]] double run(const std::string& request);

 private:
  std::string name_;
  pid_t child_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

}  // namespace bench
