// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "program.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "kept_training.hpp"

namespace study {

SettingsOptions::SettingsOptions(CLI::App& app) {
  app.add_option("--config", config_,
                 "TOML file of settings (settings.toml of a run; the metadatum `settings` of a file)");
  app.add_option("--set", assignments_, "one setting, key=value; may be repeated");
}

int run_program(CLI::App& app, int argc, char** argv, const std::function<int()>& body) {
  dmdr::io::open_standard_streams();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return static_cast<int>(dmdr::ExitCode::bad_input);
  }
  try {
    return body();
  } catch (const Stopped&) {
    std::fprintf(stderr, "stopped by a signal; what was done is kept: go on with --resume\n");
    return static_cast<int>(dmdr::ExitCode::preempted);
  } catch (const dmdr::NumericError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::diverged);
  } catch (const dmdr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::bad_input);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), error.what());
    return static_cast<int>(dmdr::ExitCode::failed);
  }
}

void keep_settings(const std::string& output, const std::string& settings, bool resume) {
  auto& files = dmdr::io::real_file_system();
  const std::string path = output + "/settings.toml";
  const auto wanted = dmdr::io::bytes_of(settings);
  if (resume && std::filesystem::exists(path)) {
    const std::vector<std::byte> stored = dmdr::io::read_file(files, path, 1 << 20);
    if (!std::equal(stored.begin(), stored.end(), wanted.begin(), wanted.end()))
      throw dmdr::ConfigError(
          "resume: " + output +
          " was made with other settings; run without --resume, or with those in its settings.toml");
  }
  dmdr::io::make_directories(files, output);
  dmdr::io::write_file_atomically(files, path, wanted);
}

}  // namespace study
