// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Draws pictures from a student (or teacher) that the digits run has saved: class, count, steps, seed -> PNG.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/dmdr.hpp>
#include <dmdr/io/image_grid.hpp>
#include <dmdr/io/line_writer.hpp>
#include <dmdr/io/safetensors.hpp>

namespace {

using Backend = dmdr::EigenCpu<float>;

struct Options {
  std::string student = "runs/digits/students/tilted_joint.safetensors";
  std::string output = "samples.png";
  std::int64_t label = -1;
  std::int64_t count = 10;
  std::int64_t steps = 0;
  std::uint64_t seed = 0;
  std::int64_t columns = 10;
  std::int64_t upscale = 4;
};

/// The extents of a network, read off its tensors.
dmdr::ClassMlp spec_of(const dmdr::NamedTensors& tensors, const std::string& path) {
  const auto shape = [&](const std::string& name) {
    const auto found = tensors.find(name);
    if (found == tensors.end() || found->second.shape.rank() != 2)
      throw dmdr::FileError("sample: " + path + " is no ClassMlp: it has no matrix " + name);
    return found->second.shape;
  };
  dmdr::ClassMlp spec;
  spec.width = shape("in.weight")[0];
  spec.data_size = shape("in.weight")[1];
  spec.classes = shape("class.weight")[0] - 1;
  spec.blocks = 0;
  for (const auto& [name, tensor] : tensors) spec.blocks += name.ends_with(".w1.weight") ? 1 : 0;
  return spec;
}

void sample(const Options& options) {
  const auto file = dmdr::io::read_safetensors(options.student);
  const dmdr::ClassMlp spec = spec_of(file.tensors, options.student);
  const Backend backend;
  dmdr::Philox random(0);
  dmdr::network_of_t<Backend, dmdr::ClassMlp> network(backend, spec, random);
  dmdr::load_parameters(backend, network.base(), file.tensors);

  std::int64_t steps = options.steps;
  if (steps == 0) steps = file.metadata.contains("steps") ? std::stoll(file.metadata.at("steps")) : 4;
  if (options.label < -1 || options.label >= spec.classes)
    throw dmdr::ConfigError("sample: class " + std::to_string(options.label) + " is outside [0, " +
                            std::to_string(spec.classes) + ")");
  std::vector<std::int64_t> labels;
  if (options.label >= 0)
    labels.assign(static_cast<std::size_t>(options.count), options.label);
  else
    for (std::int64_t label = 0; label < spec.classes; ++label)
      labels.insert(labels.end(), static_cast<std::size_t>(options.count), label);

  const auto images = dmdr::draw_images(backend, spec, network, dmdr::Renoise{}, dmdr::ClassLabels(labels),
                                        {.grid = {.steps = steps}, .seed = options.seed});
  const auto rows = static_cast<std::int64_t>(labels.size());
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(spec.data_size))));
  if (side * side != spec.data_size)
    throw dmdr::ShapeError("sample: images of " + std::to_string(spec.data_size) + " numbers are not square");
  const auto pictures = Backend::store(Backend::reshape(images, {rows, 1, side, side}));
  dmdr::io::write_png(options.output,
                      dmdr::io::image_grid(pictures,
                                           {.columns = options.columns, .padding = 1, .upscale = options.upscale}));
  std::printf("%s: %lld pictures in %lld steps, seed %llu\n", options.output.c_str(), static_cast<long long>(rows),
              static_cast<long long>(steps), static_cast<unsigned long long>(options.seed));
}

}  // namespace

int main(int argc, char** argv) {
  dmdr::io::open_standard_streams();
  Options options;
  CLI::App app{"Pictures from a saved student"};
  app.add_option("--student", options.student, "safetensors file of the network")->capture_default_str();
  app.add_option("--class", options.label, "label; without it, every class");
  app.add_option("--count", options.count, "pictures a class")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--steps", options.steps, "evaluations a picture; without it, what the student was trained for")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "of the noise")->capture_default_str();
  app.add_option("--columns", options.columns, "pictures a row")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--upscale", options.upscale, "pixels a side for each pixel")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--output", options.output, "PNG file")->capture_default_str();
  try {
    app.parse(argc, argv);
    sample(options);
    return static_cast<int>(dmdr::ExitCode::done);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return static_cast<int>(dmdr::ExitCode::bad_input);
  } catch (const dmdr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::bad_input);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sample: %s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::failed);
  }
}
