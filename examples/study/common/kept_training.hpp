// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/train/progress.hpp>
#include <dmdr/train/stop_signals.hpp>

namespace study {

/// Thrown where a signal ends the run.
struct Stopped {};

/// Where and how the training of a model is kept and shown.
struct Keeping {
  std::string settings;  ///< of the run, as TOML: they go into every file
  std::string digest;    ///< of the settings: a run is gone on with under the same ones only
  std::int64_t checkpoint_every = 1000;
  std::string directory;  ///< of the run; checkpoints go to `checkpoints/<name>` below it
  bool resume = false;
  dmdr::Progress& progress;
};

/// Trains to the end with checkpoints on the way, `trainer` being anything with step, finished, update, state and restore. A signal ends it
/// by `Stopped` after a checkpoint; with `resume` it goes on from the newest one. Throws `ConfigError` where that is of other settings.
template <class Trainer>
void train_kept(Trainer& trainer, const std::string& name, std::int64_t updates, const Keeping& keeping) {
  const std::string directory = keeping.directory + "/checkpoints/" + name;
  dmdr::io::CheckpointStore store(directory);
  if (keeping.resume) {
    const dmdr::io::NewestCheckpoint newest = store.load_newest();
    for (const std::string& line : newest.rejected) keeping.progress.say(name + ": " + line);
    if (newest.checkpoint) {
      const auto found = newest.checkpoint->metadata.find("settings_digest");
      if (found == newest.checkpoint->metadata.end() || found->second != keeping.digest)
        throw dmdr::ConfigError("resume: " + directory +
                                " was made with other settings; run without --resume, or with those in its metadata");
      trainer.restore(newest.checkpoint->tensors);
    }
  }
  const auto save = [&] {
    store.save(trainer.update(), trainer.state(),
               {{"settings_digest", keeping.digest}, {"settings", keeping.settings}});
  };
  keeping.progress.update(name, trainer.update(), updates);
  while (!trainer.finished()) {
    if (dmdr::StopSignals::received() != 0) {
      save();
      throw Stopped{};
    }
    trainer.step();
    keeping.progress.update(name, trainer.update(), updates);
    if (keeping.checkpoint_every > 0 && trainer.update() % keeping.checkpoint_every == 0) save();
  }
  save();
  keeping.progress.finish(name);
}

}  // namespace study
