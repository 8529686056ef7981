// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/io/safetensors.hpp>

#include "faults/io_scale.hpp"
#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using dmdr::test::FaultyFileSystem;
using dmdr::test::poke;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;

namespace {

/// The state of a tiny run, a function of the step.
NamedTensors state(std::int64_t step, std::size_t count = 400) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i) weights[i] = std::sin(static_cast<double>(step) + static_cast<double>(i));
  const std::vector<std::int64_t> steps{step};
  const Shape shape{static_cast<std::int64_t>(count)};
  return {{"student", HostTensor::from<double>(shape, std::span<const double>(weights))},
          {"ema", HostTensor::from<double>(shape, std::span<const double>(weights))},
          {"step", HostTensor::from<std::int64_t>({1}, std::span<const std::int64_t>(steps))}};
}

/// `save` counts the saves of one step, so that a step saved again differs from the first.
io::Metadata metadata_of(std::int64_t step, int save = 1) {
  return {{"step", std::to_string(step)}, {"recipe", "Dmdr<...>"}, {"save", std::to_string(save)}};
}

/// Whether a checkpoint is all that was saved at its step.
bool is_whole(const io::Checkpoint& checkpoint, int save = 1) {
  return checkpoint.tensors == state(checkpoint.step) && checkpoint.metadata == metadata_of(checkpoint.step, save);
}

std::map<std::string, std::string> files_of(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const std::string& name : io::real_file_system().list(directory).value)
    files[name] = slurp(directory + "/" + name);
  return files;
}

bool has_orphans(const std::string& directory) {
  for (const auto& [name, text] : files_of(directory))
    if (name.find(".tmp-") != std::string::npos || name.find(".old-") != std::string::npos) return true;
  return false;
}

/// Runs `body` in a child process and waits for its end; returns the signal that ended it, 0 for none.
template <class Body>
int signal_that_ends(const Body& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      body();
    } catch (...) {
      ::_exit(2);
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  REQUIRE((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("a process killed at a random moment of its saves loses at most the save in progress", "[io][faults]") {
  std::mt19937_64 random(1);
  const int kills = test::scaled(50);
  int with_orphans = 0;
  std::int64_t lost = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const TemporaryDirectory directory;
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      // One byte for each operation of the disk, its step for each save that has returned: the parent kills by their count.
      ::close(pipe[0]);
      const auto tell = [&](char what) {
        if (::write(pipe[1], &what, 1) != 1) ::_exit(3);
      };
      try {
        FaultyFileSystem files;
        files.before = [&](std::size_t) { tell('o'); };
        io::CheckpointStore store(directory.path(), {}, files);
        for (std::int64_t step = 1; step < 1000; ++step) {
          store.save(step, state(step), metadata_of(step));
          tell('s');
        }
      } catch (...) {
        ::_exit(2);
      }
      ::_exit(0);
    }
    ::close(pipe[1]);
    std::int64_t saved = 0;
    const auto listen = [&](std::int64_t bytes) {
      char what = 0;
      for (std::int64_t i = 0; i < bytes && ::read(pipe[0], &what, 1) == 1; ++i) saved += what == 's' ? 1 : 0;
    };
    listen(60 + static_cast<std::int64_t>(random() % 200));
    for (std::uint64_t spin = random() % 20'000; spin > 0; --spin) std::atomic_signal_fence(std::memory_order_seq_cst);
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    listen(1'000'000);  // what it had told before it died
    ::close(pipe[0]);

    with_orphans += has_orphans(directory.path()) ? 1 : 0;
    io::CheckpointStore store(directory.path());
    CHECK_FALSE(has_orphans(directory.path()));
    const io::NewestCheckpoint newest = store.load_newest();
    REQUIRE(newest.checkpoint.has_value());
    CHECK(newest.rejected.empty());
    CHECK(newest.checkpoint->step >= saved);
    CHECK(newest.checkpoint->step <= saved + 1);
    CHECK(is_whole(*newest.checkpoint));
    lost += newest.checkpoint->step == saved ? 1 : 0;
    store.save(newest.checkpoint->step + 1, state(newest.checkpoint->step + 1),
               metadata_of(newest.checkpoint->step + 1));
    CHECK(files_of(directory.path()).size() <= 4);
  }
  WARN(kills << " kills: the newest checkpoint was whole every time; " << lost << " saves in progress were lost, "
             << with_orphans << " times temporary files were left and removed at the next start");
}

TEST_CASE("a process killed before any one operation of a save leaves a whole checkpoint", "[io][faults]") {
  std::size_t operations = 0;
  {
    const TemporaryDirectory directory;
    FaultyFileSystem files;
    io::CheckpointStore store(directory.path(), {}, files);
    for (const std::int64_t step : {1, 2}) store.save(step, state(step), metadata_of(step));
    files.behave();
    store.save(3, state(3), metadata_of(3));
    operations = files.count();
  }
  REQUIRE(operations > 30);
  for (const bool again : {false, true}) {  // a new step, and one that is already there
    for (std::size_t index = 0; index < operations; ++index) {
      const TemporaryDirectory directory;
      const int signal = signal_that_ends([&] {
        FaultyFileSystem files;
        io::CheckpointStore store(directory.path(), {}, files);
        for (const std::int64_t step : {1, 2}) store.save(step, state(step), metadata_of(step));
        files.write_short_at(index - 1);  // the write before the kill, if it is one, goes half
        files.before = [&](std::size_t at) {
          if (at == index) (void)::kill(::getpid(), SIGKILL);
        };
        store.save(again ? 2 : 3, state(again ? 2 : 3), metadata_of(again ? 2 : 3, 2));
        (void)::kill(::getpid(), SIGKILL);
      });
      REQUIRE(signal == SIGKILL);
      io::CheckpointStore store(directory.path());
      const io::NewestCheckpoint newest = store.load_newest();
      REQUIRE(newest.checkpoint.has_value());
      CHECK(newest.checkpoint->step >= 2);
      CHECK((is_whole(*newest.checkpoint, 1) || is_whole(*newest.checkpoint, 2)));
      CHECK(newest.rejected.empty());
      CHECK_FALSE(has_orphans(directory.path()));
    }
  }
}

TEST_CASE("whichever operation of a save fails, the earlier checkpoints stay byte for byte", "[io][faults]") {
  struct Failure {
    const char* name;
    int error;  // 0: a short write
  };
  std::size_t cases = 0;
  std::size_t errors = 0;
  for (const Failure failure : {Failure{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"short write", 0}, {"EINTR", EINTR}}) {
    for (const std::int64_t step : {3, 2}) {  // a new step, and one that is already there
      std::size_t operations = 0;
      {
        const TemporaryDirectory directory;
        FaultyFileSystem files;
        io::CheckpointStore store(directory.path(), {}, files);
        for (const std::int64_t before : {1, 2}) store.save(before, state(before), metadata_of(before));
        files.behave();
        store.save(step, state(step), metadata_of(step, 2));
        operations = files.count();
      }
      REQUIRE(operations > 30);
      for (std::size_t index = 0; index < operations; ++index, ++cases) {
        const TemporaryDirectory directory;
        FaultyFileSystem files;
        io::CheckpointStore store(directory.path(), {}, files);
        for (const std::int64_t before : {1, 2}) store.save(before, state(before), metadata_of(before));
        const std::map<std::string, std::string> earlier = files_of(directory.path());
        if (failure.error != 0)
          files.fail_at(index, failure.error);
        else
          files.write_short_at(index);
        std::string error;
        try {
          store.save(step, state(step), metadata_of(step, 2));
        } catch (const FileError& caught) {
          error = caught.what();
        }
        const std::string operation = files.names().at(index);
        INFO(failure.name << " at operation " << index << ", " << operation << ", saving step " << step << ": "
                          << error);
        files.behave();

        if (operation != "remove") CHECK_FALSE(has_orphans(directory.path()));
        if (!error.empty()) {
          ++errors;
          CHECK(failure.error != 0);
          CHECK(failure.error != EINTR);
          CHECK_THAT(error, Catch::Matchers::ContainsSubstring(directory.path()) &&
                                Catch::Matchers::ContainsSubstring("errno " + std::to_string(failure.error)));
          const std::map<std::string, std::string> now = files_of(directory.path());
          for (const auto& [name, text] : earlier) {
            REQUIRE(now.count(name) == 1);
            CHECK(now.at(name) == text);
          }
        }
        const io::NewestCheckpoint newest = store.load_newest();
        REQUIRE(newest.checkpoint.has_value());
        CHECK(newest.checkpoint->step == (error.empty() ? step : 2));
        CHECK(is_whole(*newest.checkpoint, error.empty() ? 2 : 1));
        CHECK(newest.rejected.empty());

        store.save(4, state(4), metadata_of(4));
        CHECK(store.load_newest().checkpoint->step == 4);
        io::CheckpointStore next_start(directory.path());
        CHECK_FALSE(has_orphans(directory.path()));
        CHECK(files_of(directory.path()).size() == 4);
      }
    }
  }
  CHECK(errors > 40);
  WARN(cases << " failing operations; " << errors << " saves reported the error, the others succeeded whole");
}

TEST_CASE("a manifest that cannot be read during a save still keeps its data when that save fails", "[io][faults]") {
  std::size_t cases = 0;
  for (std::size_t index = 0; index < 12; ++index) {
    const TemporaryDirectory directory;
    FaultyFileSystem files;
    io::CheckpointStore store(directory.path(), {}, files);
    for (const std::int64_t step : {1, 2}) store.save(step, state(step), metadata_of(step));
    int renames = 0;
    files.also = [&](const std::string& name) { return name == "rename" && ++renames == 2 ? EIO : 0; };
    files.fail_at(index, EIO);  // among the reads of the manifests; the second rename is that of the new manifest
    try {
      store.save(2, state(2), metadata_of(2, 2));
      FAIL("saved");
    } catch (const FileError&) {
      ++cases;
    }
    CHECK(is_whole(io::load_checkpoint(directory.path(), 2)));
  }
  CHECK(cases == 12);
}

TEST_CASE("every flipped bit of a checkpoint's manifest and header, and of its payload, is detected", "[io][faults]") {
  const TemporaryDirectory directory;
  {
    io::CheckpointStore store(directory.path());
    store.save(1, state(1), metadata_of(1));
    store.save(2, state(2), metadata_of(2));
  }
  const std::string manifest = slurp(directory / "step-2.json");
  const std::string data = slurp(directory / "step-2.safetensors");
  const std::size_t header = 8 + static_cast<unsigned char>(data[0]) + 256U * static_cast<unsigned char>(data[1]);
  const auto detected = [&](const std::string& name, const std::string& text, std::size_t byte, unsigned bit) {
    poke(directory / name, byte, static_cast<char>(text[byte] ^ static_cast<char>(1U << bit)));
    bool refused = false;
    try {
      (void)io::load_checkpoint(directory.path(), 2);
    } catch (const FileError&) {
      refused = true;
    }
    poke(directory / name, byte, text[byte]);
    return refused;
  };

  std::size_t flips = 0;
  std::size_t found = 0;
  for (std::size_t byte = 0; byte < manifest.size(); ++byte)
    for (unsigned bit = 0; bit < 8; ++bit, ++flips) found += detected("step-2.json", manifest, byte, bit) ? 1U : 0U;
  CHECK(found == flips);
  poke(directory / "step-2.json", 5, '?');
  const io::NewestCheckpoint fallback = io::load_newest_checkpoint(directory.path());
  CHECK(fallback.checkpoint->step == 1);
  CHECK(fallback.rejected.size() == 1);
  spill(directory / "step-2.json", manifest);

  for (std::size_t byte = 0; byte < header; ++byte)
    for (unsigned bit = 0; bit < 8; ++bit, ++flips) found += detected("step-2.safetensors", data, byte, bit) ? 1U : 0U;
  CHECK(found == flips);

  std::mt19937_64 random(3);
  for (int i = 0; i < test::scaled(10'000); ++i, ++flips) {
    const std::size_t byte = header + random() % (data.size() - header);
    found += detected("step-2.safetensors", data, byte, static_cast<unsigned>(random() % 8)) ? 1U : 0U;
  }
  CHECK(found == flips);
  CHECK(is_whole(io::load_checkpoint(directory.path(), 2)));
  WARN(found << " of " << flips << " flipped bits detected");
}

TEST_CASE("a checkpoint cut off at any length, lengthened or swapped is refused", "[io][faults]") {
  const TemporaryDirectory directory;
  {
    io::CheckpointStore store(directory.path());
    store.save(1, state(1), metadata_of(1));
    store.save(2, state(2), metadata_of(2));
  }
  const auto loads = [&] {
    try {
      (void)io::load_checkpoint(directory.path(), 2);
    } catch (const FileError&) {
      return false;
    }
    return true;
  };
  REQUIRE(loads());
  for (const std::string name : {"step-2.json", "step-2.safetensors"}) {
    const std::string whole = slurp(directory / name);
    for (std::size_t length = whole.size(); length > 0;) {  // from long to short
      length -= length > 2000 ? 97 : 1;
      std::filesystem::resize_file(directory / name, length);
      if (loads()) FAIL(name << " loads with " << length << " bytes");
    }
    spill(directory / name, whole + "x");
    CHECK_FALSE(loads());
    spill(directory / name, whole);
    CHECK(loads());
  }
  spill(directory / "step-2.safetensors", slurp(directory / "step-1.safetensors"));
  CHECK_FALSE(loads());
}
