// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Draws pictures from a student that a run of the digits or the letters has saved: class, count, steps, seed -> PNG.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/io/image_grid.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sample.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "checkpoint_facts.hpp"
#include "program.hpp"
#include "sample_backend.hpp"

namespace sample {
namespace {

struct Options {
  std::string student = default_student;
  std::string output = "samples.png";
  std::int64_t label = -1;  ///< -1: every class
  std::int64_t count = 10;  ///< pictures a class
  std::int64_t steps = 0;   ///< 0: what the student was trained for
  double shift = 0;         ///< 0: what the student was trained for
  std::uint64_t seed = 0;
  std::int64_t columns = 10;
  std::int64_t upscale = 4;
};

void draw(const Options& options) {
  const auto file = dmdr::io::read_safetensors(options.student);
  require_generator(file, Spec::name, other_program, options.student);
  const Spec spec = spec_of(file, options.student);
  const Network network = load_network(spec, file.tensors);
  const std::int64_t classes = classes_of(spec);

  std::int64_t steps = options.steps;
  if (steps == 0) steps = file.metadata.contains("steps") ? metadata_number(file, "steps", options.student) : 4;
  double shift = options.shift;
  if (shift == 0) shift = file.metadata.contains("shift") ? metadata_real(file, "shift", options.student) : 1;
  if (options.label < -1 || options.label >= classes)
    throw dmdr::ConfigError("sample: class " + std::to_string(options.label) + " is outside [0, " +
                            std::to_string(classes) + ")");
  std::vector<std::int64_t> labels;
  if (options.label >= 0)
    labels.assign(static_cast<std::size_t>(options.count), options.label);
  else
    for (std::int64_t label = 0; label < classes; ++label)
      labels.insert(labels.end(), static_cast<std::size_t>(options.count), label);

  const auto images = dmdr::draw_images(Backend{}, spec, network, dmdr::Renoise{}, dmdr::ClassLabels(labels),
                                        {.grid = {.steps = steps, .shift = shift}, .seed = options.seed});
  const auto rows = static_cast<std::int64_t>(labels.size());
  const std::int64_t channels = channels_of(spec), size = dmdr::shape_of(images).row_size();
  const auto side =
      static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(size) / static_cast<double>(channels))));
  if (channels * side * side != size)
    throw dmdr::ShapeError("sample: images of " + std::to_string(size) + " numbers are no squares of " +
                           std::to_string(channels) + " channels");
  const auto pictures = Backend::store(Backend::reshape(images, {rows, channels, side, side}));
  dmdr::io::write_png(options.output,
                      dmdr::io::image_grid(pictures,
                                           {.columns = options.columns, .padding = 1, .upscale = options.upscale}));
  std::printf("%s: %lld pictures in %lld steps, seed %llu\n", options.output.c_str(), static_cast<long long>(rows),
              static_cast<long long>(steps), static_cast<unsigned long long>(options.seed));
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  sample::prepare_process();
  sample::Options options;
  CLI::App app{"Pictures from a saved student", "sample"};
  app.add_option("--student", options.student, "safetensors file of the network")->capture_default_str();
  app.add_option("--class", options.label, "label; without it, every class");
  app.add_option("--count", options.count, "pictures a class")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--steps", options.steps, "evaluations a picture; without it, what the student was trained for")
      ->check(CLI::Range(1, 1000));
  app.add_option("--shift", options.shift, "of the grid of times; without it, what the student was trained for")
      ->check(CLI::Range(0.01, 100.0));
  app.add_option("--seed", options.seed, "of the noise")->capture_default_str();
  app.add_option("--columns", options.columns, "pictures a row")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--upscale", options.upscale, "pixels a side for each pixel")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--output", options.output, "PNG file")->capture_default_str();
  return study::run_program(app, argc, argv, [&] {
    sample::draw(options);
    return static_cast<int>(dmdr::ExitCode::done);
  });
}
