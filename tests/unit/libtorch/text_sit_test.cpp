// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>

#include <dmdr/libtorch.hpp>

#include "support/gradient_check.hpp"
#include "support/libtorch_catch.hpp"
#include "support/tiny_text_sit.hpp"
#include "support/values_and_gradients.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using tiny_text_sit::network;
using tiny_text_sit::settings;

namespace {

const Shape three_images{3, 2, 4, 4};
at::Tensor images(const LibTorch& backend = {}) {
  Philox random(4);
  return backend.from_host(three_images, random.normal({.stream = "x"}, 3, 32));
}
const Times three_times({0.1, 0.5, 1});
const TextPrompts three_prompts({"bold A, red on blue", "", "B"});

std::vector<double> predicted(const libtorch::TextSitNetwork& net, const TextPrompts& prompts = three_prompts,
                              double scale = 0) {
  return LibTorch::to_host(net.predict(images(), three_times, prompts, scale));
}
std::vector<double> sample(const std::vector<double>& batch, std::int64_t row) {
  return {batch.begin() + 32 * row, batch.begin() + 32 * (row + 1)};
}

}  // namespace

TEST_CASE("a new text-conditioned SiT predicts zero, has the names of its settings, and only pos_embed is fixed") {
  Philox random(1);
  const libtorch::TextSitNetwork fresh(LibTorch{}, settings, random);
  for (const double v : predicted(fresh)) CHECK(v == 0);
  const auto shapes = text_sit_parameters(settings);
  CHECK(fresh.base().size() == shapes.size());
  for (const auto& [name, tensor] : fresh.base()) {
    INFO(name);
    CHECK(tensor.requires_grad() == (name != "pos_embed"));
    CHECK(shape_of(tensor) == shapes.at(name));
  }
  CHECK(shapes.at("text.word_embedding.weight") == Shape{7, 4});
  CHECK_FALSE(shapes.contains("y_embedder.embedding_table.weight"));
  const auto meta = libtorch::TextSitNetwork::meta(LibTorch{}, settings);
  for (const auto& [name, tensor] : meta.base()) CHECK(tensor.is_meta());
}

TEST_CASE("the empty prompt is the unconditional one, and a dropped prompt is empty") {
  const libtorch::TextSitNetwork net = network();
  const std::vector<double> none = predicted(net, three_prompts.unconditional());
  CHECK(sample(predicted(net), 1) == sample(none, 1));
  CHECK(predicted(net, three_prompts.drop([](std::int64_t) { return true; })) == none);
  CHECK_FALSE(sample(predicted(net), 0) == sample(none, 0));
}

TEST_CASE("a prompt's words and their order count, the rest of the batch and spaces do not") {
  const libtorch::TextSitNetwork net = network();
  const auto vector_of = [&](const std::string& prompt) {
    return LibTorch::to_host(net.embedded_prompts(TextPrompts({prompt})));
  };
  CHECK(vector_of("A, red on blue") == vector_of(" A ,red  on blue"));
  CHECK_FALSE(vector_of("A, red on blue") == vector_of("A, blue on red"));
  CHECK_FALSE(vector_of("A, red on blue") == vector_of("B, red on blue"));
  CHECK(shape_of(net.embedded_prompts(three_prompts)) == Shape{3, 8});
  const std::vector<double> all = LibTorch::to_host(net.embedded_prompts(three_prompts));
  CHECK(test::distance(std::vector<double>(all.begin() + 16, all.end()), vector_of("B")) < 1e-6);
}

TEST_CASE("with the prompt's vector in its class table a class-conditional SiT predicts the same bits") {
  const libtorch::TextSitNetwork net = network();
  SitSettings of = settings.image();
  of.classes = 3;
  Philox random(1);
  libtorch::SitNetwork classes(LibTorch{}, of, random);
  for (auto& [name, tensor] : classes.base())
    if (net.base().contains(name)) LibTorch::assign(tensor, net.base().at(name));
  const at::Tensor vectors = net.embedded_prompts(three_prompts);
  const at::Tensor rows[] = {vectors, vectors};
  LibTorch::assign(classes.base().at("y_embedder.embedding_table.weight"),
                   LibTorch::take_rows(LibTorch::concat_rows(rows), std::vector<std::int64_t>{0, 1, 2, 3}));
  CHECK(LibTorch::to_host(classes.predict(images(), three_times, ClassLabels({0, 1, 2}))) == predicted(net));
}

TEST_CASE("gradients of a text-conditioned SiT agree with differences, in the image and in the text's parameters") {
  const LibTorch backend{.dtype = Dtype::f64};
  const libtorch::TextSitNetwork net = network(backend);
  std::vector<std::string> names{"text.word_embedding.weight",       "text.position_embedding.weight",
                                 "text.blocks.0.attn.qkv.weight",    "text.blocks.1.attn.proj.bias",
                                 "text.blocks.1.mlp.fc1.weight",     "text.projection.weight",
                                 "blocks.1.adaLN_modulation.1.bias", "t_embedder.mlp.0.bias"};
  std::vector<Shape> shapes{three_images};
  std::vector<std::vector<double>> inputs{LibTorch::to_host(images(backend))};
  for (const std::string& name : names) {
    shapes.push_back(shape_of(net.base().at(name)));
    inputs.push_back(LibTorch::to_host(net.base().at(name)));
    for (double& value : inputs.back()) value *= 0.3;  // where softmax and gelu are curved, not flat
  }
  test::check_gradients<LibTorch>(
      backend,
      [&](const std::vector<at::Tensor>& tensors) {
        libtorch::TextSitNetwork moved = net.clone();
        for (std::size_t k = 0; k < names.size(); ++k) moved.base().insert_or_assign(names[k], tensors[k + 1]);
        return moved.predict(tensors[0], three_times, three_prompts);
      },
      shapes, inputs, 1e-7);
}

TEST_CASE(
    "a shared text-conditioned SiT has the same base, frozen, and a new adapter of either form that changes nothing") {
  const libtorch::TextSitNetwork net = network();
  for (const SitAdapterForm form : {SitAdapterForm::query_value, SitAdapterForm::lora}) {
    Philox random(5);
    libtorch::TextSitNetwork other = net.share(random, {.form = form, .rank = 2});
    CHECK(other.settings().adapter.form == form);
    CHECK(predicted(other, three_prompts, 2) == predicted(net));
    for (const auto& [name, tensor] : other.base()) {
      CHECK_FALSE(tensor.requires_grad());
      CHECK(tensor.const_data_ptr() == net.base().at(name).const_data_ptr());
    }
    for (auto& [name, tensor] : other.adapter()) {
      CHECK(tensor.requires_grad());
      LibTorch::assign(tensor,
                       LibTorch{}.from_host(shape_of(tensor), random.normal({.stream = name}, shape_of(tensor)[0],
                                                                            shape_of(tensor).row_size())));
    }
    CHECK(predicted(other) == predicted(net));
    CHECK_FALSE(predicted(other, three_prompts, 1) == predicted(net));
  }
  Philox random(5);
  CHECK(net.share(random).adapter().contains("blocks.0.attn.qkv.lora_A.weight"));
}

TEST_CASE("a clone of a text-conditioned SiT is a copy of its own") {
  const libtorch::TextSitNetwork net = network();
  libtorch::TextSitNetwork copy = net.clone();
  const std::vector<double> before = predicted(net);
  CHECK(predicted(copy) == before);
  at::Tensor& bias = copy.base().at("text.projection.bias");
  LibTorch::assign(bias, LibTorch{}.from_host({8}, std::vector<double>(8, 3)));
  CHECK_FALSE(predicted(copy) == before);
  CHECK(predicted(net) == before);
  CHECK(bias.requires_grad());
}

TEST_CASE("recomputed blocks change no bit of a text-conditioned SiT, and outlive it") {
  TextSitSettings again = settings;
  again.checkpoint_blocks = true;
  std::vector<std::vector<double>> found[2];
  for (const bool checkpointed : {false, true}) {
    auto net = std::make_unique<libtorch::TextSitNetwork>(network({}, checkpointed ? again : settings));
    const Parameters<at::Tensor> parameters = net->base();
    const at::Tensor v = net->predict(images(), three_times, three_prompts);
    net.reset();
    found[checkpointed] = values_and_gradients(v, parameters);
  }
  CHECK(found[0] == found[1]);
}

TEST_CASE("stored weights make the same network again, and what does not fit is named") {
  const libtorch::TextSitNetwork net = network();
  NamedTensors file = store_parameters(net.base());
  CHECK(predicted(libtorch::TextSitNetwork::load(LibTorch{}, settings, file)) == predicted(net));
  TextSitSettings wider = settings;
  wider.text.vocabulary += " green";
  CHECK_THROWS_WITH(libtorch::TextSitNetwork::load(LibTorch{}, wider, file),
                    ContainsSubstring("shape: text.word_embedding.weight is [7, 4], expected [8, 4]"));
  file.erase("text.projection.bias");
  CHECK_THROWS_WITH(libtorch::TextSitNetwork::load(LibTorch{}, settings, file),
                    ContainsSubstring("missing: text.projection.bias [8]"));
}

TEST_CASE("bfloat16 weights of a text-conditioned SiT give float32 velocities near those of float32 weights") {
  const at::Tensor wide = network().predict(images(), three_times, three_prompts);
  const at::Tensor v = network({.weight_dtype = Dtype::bf16}).predict(images(), three_times, three_prompts);
  CHECK(dtype_of(v) == Dtype::f32);
  const double apart = LibTorch::to_host((v - wide).norm())[0] / LibTorch::to_host(wide.norm())[0];
  CHECK(apart > 0);
  CHECK(apart < 0.08);
}

TEST_CASE("a text-conditioned SiT refuses what does not fit, in words") {
  const libtorch::TextSitNetwork net = network();
  CHECK_THROWS_WITH(net.predict(images(), three_times, TextPrompts({"A", "bald B", ""})),
                    ContainsSubstring(R"(word 1, "bald", is outside the vocabulary; the nearest is "bold")"));
  CHECK_THROWS_WITH(net.predict(images(), three_times, TextPrompts({"A", "", "A B A B A B"})),
                    ContainsSubstring("it has 6 words; the network reads at most 5"));
  CHECK_THROWS_WITH(net.predict(images(), three_times, TextPrompts({"A", "B"})),
                    ContainsSubstring("x [3, 2, 4, 4] comes with 3 times and 2 prompts"));
  CHECK_THROWS_WITH(net.predict(LibTorch{}.from_host({1, 2, 4, 5}, std::vector<double>(40)), Times({1}),
                                TextPrompts({"A"})),
                    ContainsSubstring("TextSit: x must be [B, 2, 4, 4], got [1, 2, 4, 5]"));
  CHECK_THROWS_AS(net.predict(LibTorch{}.from_host({0, 2, 4, 4}, {}), Times(std::vector<double>{}), TextPrompts()),
                  NumericError);
  Philox random(1);
  TextSitSettings wrong = settings;
  wrong.text.vocabulary.clear();
  CHECK_THROWS_WITH(libtorch::TextSitNetwork(LibTorch{}, wrong, random),
                    ContainsSubstring("the vocabulary has no word"));
}
