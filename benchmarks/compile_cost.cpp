// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "compile_cost.hpp"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <dmdr/core/error.hpp>

extern char** environ;

namespace bench {

namespace {

namespace fs = std::filesystem;

/// The compiler, the flags and the sources that CMake has told this program.
struct Toolchain {
  std::string compiler = DMDR_BENCH_COMPILER;
  fs::path source = DMDR_BENCH_SOURCE_DIR;
  std::vector<std::string> core, backends;  ///< include folders; `backends` has those of Eigen and of the backends too

  Toolchain() : core(read(DMDR_BENCH_CORE_FLAGS)), backends(read(DMDR_BENCH_ALL_FLAGS)) {}

 private:
  static std::vector<std::string> read(const char* path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
      if (!line.empty()) lines.push_back(line);
    if (lines.empty()) throw dmdr::FileError(std::string("benchmark: no compiler flags in ") + path);
    return lines;
  }
};

struct Cost {
  double seconds = 0;    ///< user
  double megabytes = 0;  ///< largest resident set of the compiler's processes
};

/// Runs one compiler to its end.
Cost compile(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int refused = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
  if (refused != 0)
    throw dmdr::Error("benchmark: cannot start " + command[0] + ": " + std::generic_category().message(refused));
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR) throw dmdr::Error("benchmark: cannot wait for " + command[0]);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw dmdr::Error("benchmark: this file does not compile: " + command.back());
  return {static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec),
          static_cast<double>(usage.ru_maxrss) / 1024};
}

/// One file and what it may cost.
struct Subject {
  std::string name;
  std::string file;      ///< under the source folder
  bool header = false;   ///< alone: a source that includes nothing else is compiled
  bool compiled = true;  ///< against dmdr::compiled; header-only otherwise
  bool backends = true;
  double budget = 0;  ///< seconds
};

std::vector<Subject> subjects(const fs::path& source, bool few) {
  std::vector<Subject> all;
  for (const char* folder : {"diffusion", "divergence", "model", "reward", "rl"}) {
    std::vector<std::string> headers;
    for (const auto& entry : fs::recursive_directory_iterator(source / "include/dmdr" / folder))
      if (entry.path().extension() == ".hpp")
        headers.push_back(fs::relative(entry.path(), source / "include").string());
    std::sort(headers.begin(), headers.end());
    if (few) headers.resize(std::min<std::size_t>(headers.size(), *folder == 'r' ? 1 : 0));
    for (const std::string& header : headers) all.push_back({"policy_header/" + header, header, true, true, false, 1});
  }
  all.push_back({"dmdr_hpp_compiled", "dmdr/dmdr.hpp", true, true, false, 2});
  if (few) return all;
  all.push_back({"dmdr_hpp_header_only", "dmdr/dmdr.hpp", true, false, false, 6});
  for (const char* test : {"unit/expr/terminal_test", "unit/train/trainer_test", "identities/direction_test"})
    all.push_back({std::string("core_test_file/") + test, std::string("tests/") + test + ".cpp", false, true, true, 4});
  // The design's budget of an experiment is over LibTorch; over Eigen it must be kept all the more.
  all.push_back({"experiment_over_eigen", "examples/01_first.cpp", false, true, true, 8});
  return all;
}

/// A folder that goes away with its files.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "dmdr-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw dmdr::FileError("benchmark: cannot make a folder like " + pattern);
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void measure_compile_cost(Results& results, bool few, std::int64_t repeats) {
  const Toolchain tools;
  const TemporaryFolder folder;
  std::printf("\ncompile cost (median of %lld; the flags of the tests: -O1 -g1)\n%-52s %7s %7s %6s\n",
              static_cast<long long>(repeats), "file", "user s", "budget", "MB");
  for (const Subject& subject : subjects(tools.source, few)) {
    fs::path file = tools.source / subject.file;
    if (subject.header) {
      file = folder.path() / "alone.cpp";
      std::ofstream(file) << "#include <" << subject.file << ">\n";
    }
    std::vector<std::string> command{tools.compiler, "-std=c++20", "-O1", "-g1", "-D_GLIBCXX_ASSERTIONS"};
    if (subject.compiled) command.emplace_back("-DDMDR_COMPILED");
    if (!subject.header) command.push_back("-DDMDR_TEST_DATA=\"" + (tools.source / "tests/data").string() + "\"");
    const auto& flags = subject.backends ? tools.backends : tools.core;
    command.insert(command.end(), flags.begin(), flags.end());
    if (!subject.header) command.push_back("-I" + (tools.source / "tests").string());
    for (const char* word : {"-c", "-o", "/dev/null"}) command.emplace_back(word);
    command.push_back(file.string());
    std::vector<double> seconds, megabytes;
    for (std::int64_t k = 0; k < repeats; ++k) {
      const Cost cost = compile(command);
      seconds.push_back(cost.seconds);
      megabytes.push_back(cost.megabytes);
    }
    // A header's name has slashes, which part a path of the results.
    std::string name = subject.name;
    const std::size_t first = name.find('/');
    if (first != std::string::npos)
      std::replace(name.begin() + static_cast<std::ptrdiff_t>(first) + 1, name.end(), '/', '.');
    const Spread time = spread_of(seconds), memory = spread_of(megabytes);
    results.add("compile/" + name + "/user_seconds", time);
    results.add("compile/" + name + "/megabytes", memory);
    results.add("compile/" + name + "/budget_seconds", subject.budget);
    std::printf("%-52s %7.2f %7.0f %6.0f%s\n", subject.name.c_str(), time.median, subject.budget, memory.median,
                time.median > subject.budget ? "  over the budget" : "");
    std::fflush(stdout);
  }
}

}  // namespace bench
