// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "peer.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include <dmdr/core/error.hpp>

extern char** environ;

namespace bench {

Peer::Peer(const std::vector<std::string>& command) : name_(command.at(0)) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that has ended shows when it is written to
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
    throw dmdr::Error("benchmark: no pipe to " + name_ + ": " + std::generic_category().message(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int refused = posix_spawnp(&child_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  to_ = fdopen(in[1], "w");
  from_ = fdopen(out[0], "r");
  if (refused != 0) {
    std::fclose(to_);
    std::fclose(from_);
    throw dmdr::Error("benchmark: cannot start " + name_ + ": " + std::generic_category().message(refused));
  }
}

Peer::~Peer() {
  std::fclose(to_);
  std::fclose(from_);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

double Peer::run(const std::string& request) {
  std::array<char, 256> answer{};
  if (std::fprintf(to_, "%s\n", request.c_str()) < 0 || std::fflush(to_) != 0 ||
      std::fgets(answer.data(), answer.size(), from_) == nullptr)
    throw dmdr::Error("benchmark: " + name_ + " has ended before it answered '" + request + "'");
  char* end = nullptr;
  const double seconds = std::strtod(answer.data(), &end);
  if (end == answer.data() || (*end != '\n' && *end != '\0'))
    throw dmdr::Error("benchmark: " + name_ + " answered '" + request + "' with " + answer.data());
  return seconds;
}

}  // namespace bench
