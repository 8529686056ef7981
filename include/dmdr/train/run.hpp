// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/train/stop_signals.hpp>
#include <dmdr/train/trainer.hpp>

namespace dmdr {

/// How a run goes on in a directory of checkpoints.
struct RunSettings {
  std::string directory{};            ///< of checkpoints; empty: none are written
  std::int64_t checkpoint_every = 0;  ///< iterations; 0: only at the end and at a stop
  std::int64_t keep = 2;
  std::int64_t stop_after = 0;  ///< iterations of this call; 0: until all stages are done

  template <class V>
  void visit(V&& v) {
    v("directory", directory);
    v("checkpoint_every", checkpoint_every, at_least(0));
    v("keep", keep, at_least(2));
    v("stop_after", stop_after, at_least(0));
  }
};

/// How a run ended.
enum class RunEnd : std::uint8_t { done, preempted, paused };

/// All settings of a run as TOML: the trainer's, the policies', the stages'.
template <class R, class B>
[[nodiscard]] std::string resolved_settings(const BasicTrainer<R, B>& trainer) {
  std::string text =
      "[trainer]\n" + io::resolved_toml(trainer.settings()) + "\n[policies]\n" + io::resolved_toml(trainer.recipe());
  for (const Stage& stage : trainer.stages()) text += "\n[[stages]]\n" + io::resolved_toml(stage);
  return text;
}

/// What must agree for a checkpoint to be taken back: recipe, backend, settings, teacher.
template <class R, class B>
[[nodiscard]] io::Metadata identity_of(BasicTrainer<R, B>& trainer) {
  const std::string settings = resolved_settings(trainer);
  return {{"recipe", io::xxh3_128(std::string(typeid(R).name()))},
          {"generator", R::Generator::name},
          {"backend", B::name},
          {"settings", settings},
          {"settings_digest", io::xxh3_128(settings)},
          {"teacher_digest", trainer.teacher_digest()}};
}

namespace detail {

/// Adds the memory of callbacks that have one, each under its place in the list.
template <class... Callbacks>
void store_callbacks(NamedTensors& named, Callbacks&... callbacks) {
  int place = 0;
  [[maybe_unused]] const auto one = [&](auto& callback) {
    const std::string prefix = "callback/" + std::to_string(place++) + "/";
    if constexpr (requires { callback.state(); })
      for (auto& [name, tensor] : callback.state()) named.emplace(prefix + name, std::move(tensor));
  };
  (one(callbacks), ...);
}
template <class... Callbacks>
void restore_callbacks(const NamedTensors& named, Callbacks&... callbacks) {
  int place = 0;
  [[maybe_unused]] const auto one = [&](auto& callback) {
    const std::string prefix = "callback/" + std::to_string(place++) + "/";
    if constexpr (requires { callback.restore(named); }) callback.restore(tensors_under(named, prefix));
  };
  (one(callbacks), ...);
}

}  // namespace detail

/// How `resume` went.
struct Resumed {
  bool found = false;                 ///< whether there was a checkpoint to go on from
  std::vector<std::string> rejected;  ///< a line for each newer checkpoint that did not verify
};

/// Goes on from the newest checkpoint of a directory that verifies, if there is one; callbacks with `restore(tensors)` get back what their
/// `state()` gave.
///
/// Throws `ConfigError` where the checkpoint is of another recipe, other settings or another teacher, `FileError` where checkpoints are there
/// and none verifies.
template <class R, class B, class... Callbacks>
Resumed resume(BasicTrainer<R, B>& trainer, const std::string& directory, Callbacks&... callbacks) {
  io::NewestCheckpoint newest = io::load_newest_checkpoint(directory);
  if (!newest.checkpoint) return {false, newest.rejected};
  const io::Metadata& found = newest.checkpoint->metadata;
  for (const auto& [key, value] : identity_of(trainer)) {
    const auto it = found.find(key);
    if ((it != found.end() && it->second == value) || key == "settings_digest") continue;
    std::string text = "resume: the checkpoint in " + directory + " is of another run: " + key + " differs";
    if (key == "settings" && it != found.end()) text += "\n--- checkpoint\n" + it->second + "\n--- this run\n" + value;
    throw ConfigError(text);
  }
  trainer.restore(newest.checkpoint->tensors);
  detail::restore_callbacks(newest.checkpoint->tensors, callbacks...);
  return {true, newest.rejected};
}

/// Trains until all stages are done, a signal asks to stop, or `stop_after` iterations are over; writes checkpoints on the way.
///
/// A callback is an object with any of `on_step(const StepReport&)`, `on_checkpoint(iteration)`, `on_end(RunEnd)`, `state()` and
/// `restore(tensors)`; what it lacks costs nothing.
/// A run that diverges leaves a diagnostic checkpoint in `<directory>/diverged` and throws `NumericError`.
template <class R, class B, class... Callbacks>
RunEnd run(BasicTrainer<R, B>& trainer, const RunSettings& settings, Callbacks&... callbacks) {
  std::optional<io::CheckpointStore> store;
  if (!settings.directory.empty()) store.emplace(settings.directory, io::CheckpointStoreSettings{settings.keep});
  const auto save = [&] {
    if (!store) return;
    NamedTensors named = trainer.state();
    detail::store_callbacks(named, callbacks...);
    store->save(trainer.iteration(), named, identity_of(trainer));
    [[maybe_unused]] const auto tell = [&](auto& callback) {
      if constexpr (requires { callback.on_checkpoint(trainer.iteration()); })
        callback.on_checkpoint(trainer.iteration());
    };
    (tell(callbacks), ...);
  };
  const auto end = [&](RunEnd how) {
    [[maybe_unused]] const auto tell = [&](auto& callback) {
      if constexpr (requires { callback.on_end(how); }) callback.on_end(how);
    };
    (tell(callbacks), ...);
    return how;
  };
  const std::int64_t first = trainer.iteration();
  while (!trainer.finished()) {
    if (StopSignals::received() != 0) {
      save();
      return end(RunEnd::preempted);
    }
    if (settings.stop_after > 0 && trainer.iteration() - first >= settings.stop_after) {
      save();
      return end(RunEnd::paused);
    }
    try {
      const StepReport report = trainer.step();
      [[maybe_unused]] const auto tell = [&](auto& callback) {
        if constexpr (requires { callback.on_step(report); }) callback.on_step(report);
      };
      (tell(callbacks), ...);
    } catch (const NumericError&) {
      if (store)
        io::CheckpointStore(settings.directory + "/diverged")
            .save(trainer.iteration(), trainer.state(), identity_of(trainer));
      throw;
    }
    if (settings.checkpoint_every > 0 && trainer.iteration() % settings.checkpoint_every == 0 && !trainer.finished())
      save();
  }
  save();
  return end(RunEnd::done);
}

}  // namespace dmdr
