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

/// The flags that CMake has written for `kind`: `core`, `all` (with Eigen and its backends) or `libtorch`. One word a line.
std::vector<std::string> flags_of(const std::string& kind) {
  const std::string path = DMDR_BENCH_FLAGS "/" + kind + "_flags.txt";
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  if (lines.empty()) throw dmdr::FileError("benchmark: no compiler flags in " + path);
  return lines;
}

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
  std::string flags = "all";
  double budget = 0;  ///< seconds; 0: the design names none
};

std::vector<Subject> core_subjects(bool few) {
  const fs::path source = DMDR_BENCH_SOURCE_DIR;
  std::vector<Subject> all;
  for (const char* folder : {"diffusion", "divergence", "model", "reward", "rl"}) {
    std::vector<std::string> headers;
    for (const auto& entry : fs::recursive_directory_iterator(source / "include/dmdr" / folder))
      if (entry.path().extension() == ".hpp")
        headers.push_back(fs::relative(entry.path(), source / "include").string());
    std::sort(headers.begin(), headers.end());
    if (few) headers.resize(std::min<std::size_t>(headers.size(), *folder == 'r' ? 1 : 0));
    for (const std::string& header : headers) all.push_back({"policy_header/" + header, header, true, true, "core", 1});
  }
  all.push_back({"dmdr_hpp_compiled", "dmdr/dmdr.hpp", true, true, "core", 2});
  if (few) return all;
  all.push_back({"dmdr_hpp_header_only", "dmdr/dmdr.hpp", true, false, "core", 6});
  for (const char* test : {"unit/expr/terminal_test", "unit/train/trainer_test", "identities/direction_test"})
    all.push_back(
        {std::string("core_test_file/") + test, std::string("tests/") + test + ".cpp", false, true, "all", 4});
  // The design's budget of an experiment is over LibTorch; over Eigen it must be kept all the more.
  all.push_back({"experiment_over_eigen", "examples/01_first.cpp", false, true, "all", 8});
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

void measure_subjects(Results& results, const std::vector<Subject>& subjects, std::int64_t repeats) {
  const TemporaryFolder folder;
  std::printf("\ncompile cost (median of %lld; the flags of the tests: -O1 -g1)\n%-52s %7s %7s %6s\n",
              static_cast<long long>(repeats), "file", "user s", "budget", "MB");
  const fs::path source = DMDR_BENCH_SOURCE_DIR;
  for (const Subject& subject : subjects) {
    fs::path file = source / subject.file;
    if (subject.header) {
      file = folder.path() / "alone.cpp";
      std::ofstream(file) << "#include <" << subject.file << ">\n";
    }
    std::vector<std::string> command{DMDR_BENCH_COMPILER, "-std=c++20", "-O1", "-g1", "-D_GLIBCXX_ASSERTIONS"};
    if (subject.compiled) command.emplace_back("-DDMDR_COMPILED");
    if (!subject.header) command.push_back("-DDMDR_TEST_DATA=\"" + (source / "tests/data").string() + "\"");
    const std::vector<std::string> flags = flags_of(subject.flags);
    command.insert(command.end(), flags.begin(), flags.end());
    if (!subject.header) command.push_back("-I" + (source / "tests").string());
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
    if (subject.budget > 0) results.add("compile/" + name + "/budget_seconds", subject.budget);
    char budget[16] = "-";
    if (subject.budget > 0) std::snprintf(budget, sizeof budget, "%.0f", subject.budget);
    std::printf("%-52s %7.2f %7s %6.0f%s\n", subject.name.c_str(), time.median, budget, memory.median,
                subject.budget > 0 && time.median > subject.budget ? "  over the budget" : "");
    std::fflush(stdout);
  }
}

}  // namespace

void measure_compile_cost(Results& results, bool few, std::int64_t repeats) {
  measure_subjects(results, core_subjects(few), repeats);
}

void measure_libtorch_compile_cost(Results& results, bool few, std::int64_t repeats) {
  std::vector<Subject> all{
      {"experiment_over_libtorch", "benchmarks/compile/experiment_libtorch.cpp", false, true, "libtorch", 8}};
  if (!few) {
    all.push_back({"libtorch_test_file/unit/libtorch/terminal_test", "tests/unit/libtorch/terminal_test.cpp", false,
                   true, "libtorch"});
    all.push_back({"twelve_recipes", "benchmarks/compile/twelve_recipes.cpp", false, true, "all"});
    all.push_back({"twelve_trainers_over_libtorch", "benchmarks/compile/twelve_trainers.cpp", false, true, "libtorch"});
  }
  measure_subjects(results, all, repeats);
}

}  // namespace bench
