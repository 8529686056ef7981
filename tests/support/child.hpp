// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace dmdr::test {

/// How a child process ended, and what it printed on both streams.
struct Ended {
  int code = -1;  ///< exit code, or 128 plus the signal that killed it
  std::string output;
};

/// A running child process whose output is collected.
class Child {
 public:
  Child(const std::string& program, const std::vector<std::string>& arguments,
        const std::function<void()>& prepare = {}) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) throw std::runtime_error("pipe failed");
    process_ = fork();
    if (process_ == 0) {
      dup2(pipe_ends[1], 1);
      dup2(pipe_ends[1], 2);
      close(pipe_ends[0]);
      close(pipe_ends[1]);
      if (prepare) prepare();
      std::vector<char*> words{const_cast<char*>(program.c_str())};
      for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
      words.push_back(nullptr);
      execv(program.c_str(), words.data());
      _exit(127);
    }
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (output_ >= 0) close(output_);
  }

  /// Reads until the output holds `text`; false where the process ended before.
  bool wait_for(const std::string& text) {
    while (collected_.find(text) == std::string::npos)
      if (!read_some()) return false;
    return true;
  }
  void signal(int number) const { kill(process_, number); }
  [[nodiscard]] Ended end() {
    while (read_some()) {
    }
    int status = 0;
    waitpid(process_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), collected_};
  }

 private:
  bool read_some() {
    std::array<char, 4096> buffer{};
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    collected_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  pid_t process_ = -1;
  int output_ = -1;
  std::string collected_;
};

[[nodiscard]] inline Ended run_program(const std::string& program, const std::vector<std::string>& arguments,
                                       const std::function<void()>& prepare = {}) {
  return Child(program, arguments, prepare).end();
}

}  // namespace dmdr::test
