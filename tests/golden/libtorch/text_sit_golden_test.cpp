// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch/text_sit.hpp>

#include "../golden_file.hpp"
#include "support/libtorch_catch.hpp"
#include "support/test_device.hpp"

// tests/data/golden/text_sit.safetensors and text_sit_float32.safetensors against tests/golden/text_sit.py.

using namespace dmdr;
using namespace dmdr::test;

namespace {

const TextPrompts prompts({"bold A, red on blue", "", "B, blue on red"});

TextSitSettings settings() {
  return {.size = 8,
          .channels = 3,
          .patch = 4,
          .width = 12,
          .depth = 2,
          .heads = 2,
          .frequencies = 8,
          .adapter = {.form = SitAdapterForm::lora, .rank = 3, .alpha = 6},
          .text = {.vocabulary = "bold italic A B red blue on", .max_words = 5, .width = 8, .depth = 2, .heads = 2}};
}

const NamedTensors& inputs() {
  static const NamedTensors tensors =
      io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/text_sit.safetensors").tensors;
  return tensors;
}

/// Largest distance of what `actual` is from the golden tensor, over the largest golden number.
double apart(const at::Tensor& actual, const HostTensor& golden) {
  std::vector<double> wanted;
  if (golden.dtype == Dtype::f64) {
    wanted = golden.as<double>();
  } else {
    const std::vector<float> values = golden.as<float>();
    wanted.assign(values.begin(), values.end());
  }
  return relative(LibTorch::to_host(actual), wanted);
}

/// Velocity and every gradient of a case against the file.
void check_case(const LibTorch& backend, const NamedTensors& golden, const std::string& name,
                const libtorch::TextSitNetwork& network, const Parameters<at::Tensor>& trained, double scale,
                double tolerance) {
  INFO(name);
  const at::Tensor x = LibTorch::parameter(backend.load(inputs().at("x")));
  const at::Tensor v = network.predict(x, Times(inputs().at("t").as<double>()), prompts, scale);
  const at::Tensor cotangent = backend.load(inputs().at("cotangent"));
  LibTorch::backward(std::span(&v, 1), std::span(&cotangent, 1));
  CHECK(apart(v, golden.at(name + ".v")) < tolerance);
  CHECK(apart(*LibTorch::gradient(x), golden.at(name + ".grad.x")) < tolerance);
  for (const auto& [key, tensor] : trained) {
    if (key == "pos_embed") continue;
    INFO(key);
    REQUIRE(LibTorch::gradient(tensor));
    CHECK(apart(*LibTorch::gradient(tensor), golden.at(name + ".grad." + key)) < tolerance);
  }
}

}  // namespace

TEST_CASE("the text-conditioned SiT agrees with PyTorch in the velocity and in every gradient, with an adapter too") {
  for (const bool exact : {true, false}) {
    const LibTorch backend{.device = test_device(), .dtype = exact ? Dtype::f64 : Dtype::f32};
    const std::string file = exact ? "text_sit" : "text_sit_float32";
    INFO(file);
    const double tolerance = exact ? 1e-10 : 2e-5;
    const NamedTensors golden =
        io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/" + file + ".safetensors").tensors;
    const auto network = libtorch::TextSitNetwork::load(backend, settings(), tensors_under(inputs(), "weight."));
    CHECK(apart(network.embedded_prompts(prompts), inputs().at("text")) < tolerance);
    check_case(backend, golden, "base", network, network.base(), 0, tolerance);
    Philox random(1);
    libtorch::TextSitNetwork adapted = network.share(random);
    load_parameters(backend, adapted.adapter(), tensors_under(inputs(), "lora.weight."));
    check_case(backend, golden, "lora", adapted, adapted.adapter(), 0.5, tolerance);
  }
}

TEST_CASE("the prompts of the golden file have its tokens") {
  const WordTokeniser tokeniser(settings().text.vocabulary, settings().text.max_words);
  std::vector<std::int64_t> tokens;
  for (const std::string& prompt : prompts.texts())
    for (const std::int64_t token : tokeniser.tokens(prompt)) tokens.push_back(token);
  CHECK(tokens == inputs().at("tokens").as<std::int64_t>());
}
