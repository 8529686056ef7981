// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Draws pictures from a student (or teacher) that the digits run has saved: class, count, steps, seed -> PNG.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include <dmdr/io/image_grid.hpp>
#include <dmdr/io/line_writer.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sample.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "checkpoint_facts.hpp"
#include "options.hpp"
#include "sample_backend.hpp"

namespace sample {
namespace {

void draw(const Options& options) {
  const auto file = dmdr::io::read_safetensors(options.student);
  require_generator(file, Spec::name, other_program, options.student);
  const Spec spec = spec_of(file, options.student);
  const Network network = load_network(spec, file.tensors);
  const std::int64_t classes = classes_of(spec);

  std::int64_t steps = options.steps;
  if (steps == 0) steps = file.metadata.contains("steps") ? metadata_number(file, "steps", options.student) : 4;
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
                                        {.grid = {.steps = steps}, .seed = options.seed});
  const auto rows = static_cast<std::int64_t>(labels.size());
  const std::int64_t size = dmdr::shape_of(images).row_size();
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(size))));
  if (side * side != size)
    throw dmdr::ShapeError("sample: images of " + std::to_string(size) + " numbers are not square");
  const auto pictures = Backend::store(Backend::reshape(images, {rows, 1, side, side}));
  dmdr::io::write_png(options.output,
                      dmdr::io::image_grid(pictures,
                                           {.columns = options.columns, .padding = 1, .upscale = options.upscale}));
  std::printf("%s: %lld pictures in %lld steps, seed %llu\n", options.output.c_str(), static_cast<long long>(rows),
              static_cast<long long>(steps), static_cast<unsigned long long>(options.seed));
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  dmdr::io::open_standard_streams();
  sample::prepare_process();
  const std::variant<sample::Options, int> parsed = sample::parse_command_line(argc, argv, sample::default_student);
  if (const int* const code = std::get_if<int>(&parsed)) return *code;
  try {
    sample::draw(std::get<sample::Options>(parsed));
    return static_cast<int>(dmdr::ExitCode::done);
  } catch (const dmdr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::bad_input);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sample: %s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::failed);
  }
}
