// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>

#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch.hpp>

#include "support/libtorch_catch.hpp"
#include "support/values_and_gradients.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {

const SitSettings tiny{.size = 4,
                       .channels = 1,
                       .width = 8,
                       .depth = 2,
                       .heads = 2,
                       .classes = 3,
                       .frequencies = 4,
                       .adapter = {.rank = 2}};

libtorch::SitNetwork network(const LibTorch& backend = {}, const SitSettings& settings = tiny) {
  Philox random(3);
  libtorch::SitNetwork made(backend, settings, random);
  for (auto& [name, tensor] : made.base())
    if (name != "pos_embed")
      LibTorch::assign(tensor,
                       LibTorch{}.from_host(shape_of(tensor), random.normal({.stream = name}, shape_of(tensor).rows(),
                                                                            shape_of(tensor).row_size())));
  return made;
}
at::Tensor images(std::int64_t batch, const LibTorch& backend = {}) {
  Philox random(4);
  return backend.from_host({batch, 1, 4, 4}, random.normal({.stream = "x"}, batch, 16));
}
const Times three_times({0.1, 0.5, 1});
const ClassLabels three_labels({0, 2, ClassLabels::null_label});

}  // namespace

TEST_CASE("a new SiT predicts zero, and only pos_embed is fixed") {
  Philox random(1);
  const libtorch::SitNetwork fresh(LibTorch{}, tiny, random);
  for (const double v : LibTorch::to_host(fresh.predict(images(3), three_times, three_labels))) CHECK(v == 0);
  for (const auto& [name, tensor] : fresh.base()) CHECK(tensor.requires_grad() == (name != "pos_embed"));
}

TEST_CASE("the published sizes have their exact numbers of parameters, without a byte of memory") {
  const auto count = [](const SitSettings& settings) {
    std::int64_t trained = 0;
    const libtorch::SitNetwork meta = libtorch::SitNetwork::meta(LibTorch{}, settings);
    for (const auto& [name, tensor] : meta.base()) {
      CHECK(tensor.is_meta());
      if (tensor.requires_grad()) trained += tensor.numel();
    }
    CHECK(trained == sit_parameter_count(settings));
    return std::pair{trained, meta.base().size()};
  };
  CHECK(count(sit_xl2()) == std::pair<std::int64_t, std::size_t>{674816272, 292});
  SitSettings original = sit_xl2();
  original.learns_variance = true;
  CHECK(count(original).first + 294912 == 675129632);
  CHECK(count(sit_s2()).first == 32858896);
  CHECK(count(sit_b2()).first == 130303504);
  CHECK(count(sit_l2()).first == 457824272);
}

TEST_CASE("a SiT refuses what does not fit, in words") {
  const libtorch::SitNetwork net = network();
  CHECK_THROWS_WITH(net.predict(LibTorch{}.from_host({1, 1, 4, 5}, std::vector<double>(20)), Times({1}),
                                ClassLabels({0})),
                    ContainsSubstring("x must be [B, 1, 4, 4], got [1, 1, 4, 5]"));
  CHECK_THROWS_AS(net.predict(images(2), three_times, three_labels), ShapeError);
  CHECK_THROWS_WITH(net.predict(images(3), three_times, ClassLabels({0, 3, 1})),
                    ContainsSubstring("label 3 of sample 1 is outside [0, 3)"));
  CHECK_THROWS_AS(net.predict(images(0), Times(std::vector<double>{}), ClassLabels()), NumericError);
  Philox random(1);
  SitSettings wrong = tiny;
  wrong.patch = 3;
  CHECK_THROWS_WITH(libtorch::SitNetwork(LibTorch{}, wrong, random),
                    ContainsSubstring("size 4 is not divisible by patch 3"));
  wrong = tiny;
  wrong.heads = 3;
  CHECK_THROWS_AS(libtorch::SitNetwork::meta(LibTorch{}, wrong), ConfigError);
}

TEST_CASE("a weight file names everything that is missing, unexpected or of another shape, at once") {
  NamedTensors file = store_parameters(network().base());
  file.erase("blocks.1.attn.qkv.bias");
  file.insert_or_assign("x_embedder.proj.bias", HostTensor::from<float>({2}, std::vector<float>{1, 2}));
  file.insert_or_assign("blocks.7.attn.qkv.bias", HostTensor::from<float>({1}, std::vector<float>{1}));
  try {
    (void)libtorch::SitNetwork::load(LibTorch{}, tiny, file);
    FAIL("the file was taken");
  } catch (const FileError& error) {
    CHECK_THAT(error.what(), ContainsSubstring("missing: blocks.1.attn.qkv.bias [24]"));
    CHECK_THAT(error.what(), ContainsSubstring("shape: x_embedder.proj.bias is [2], expected [8]"));
    CHECK_THAT(error.what(), ContainsSubstring("unexpected: blocks.7.attn.qkv.bias [1]"));
  }
}

TEST_CASE("wrappers of official files are left out") {
  NamedTensors file;
  for (const auto& [name, tensor] : store_parameters(network().base())) file.emplace("module." + name, tensor);
  file.emplace("module.projectors.0.weight", HostTensor::from<float>({1}, std::vector<float>{1}));
  const libtorch::SitNetwork loaded = libtorch::SitNetwork::load(LibTorch{}, tiny, file);
  CHECK(LibTorch::to_host(loaded.predict(images(3), three_times, three_labels)) ==
        LibTorch::to_host(network().predict(images(3), three_times, three_labels)));
}

TEST_CASE("a new adapter of either form changes nothing, shares the base and is all that is trained") {
  const libtorch::SitNetwork net = network();
  const std::vector<double> alone = LibTorch::to_host(net.predict(images(3), three_times, three_labels));
  for (const SitAdapterForm form : {SitAdapterForm::query_value, SitAdapterForm::lora}) {
    Philox random(5);
    const libtorch::SitNetwork other = net.share(random, {.form = form, .rank = 2});
    CHECK(LibTorch::to_host(other.predict(images(3), three_times, three_labels, 2)) == alone);
    for (const auto& [name, tensor] : other.base()) {
      CHECK_FALSE(tensor.requires_grad());
      CHECK(tensor.const_data_ptr() == net.base().at(name).const_data_ptr());
    }
    for (const auto& [name, tensor] : other.adapter()) CHECK(tensor.requires_grad());
  }
}

TEST_CASE("recomputed blocks change no bit of the velocity or of a gradient, and outlive the network that made them") {
  SitSettings again = tiny;
  again.checkpoint_blocks = true;
  for (const bool adapted : {false, true}) {
    std::vector<std::vector<double>> found[2];
    for (const bool checkpointed : {false, true}) {
      const libtorch::SitNetwork base = network({}, checkpointed ? again : tiny);
      Philox random(5);
      auto net = std::make_unique<libtorch::SitNetwork>(
          adapted ? base.share(random, {.form = SitAdapterForm::lora, .rank = 2}) : base.clone());
      const Parameters<at::Tensor> parameters = adapted ? net->adapter() : net->base();
      if (adapted)
        for (const auto& [name, tensor] : parameters) LibTorch::assign(net->adapter().at(name), tensor + 0.1);
      const at::Tensor v = net->predict(images(3), three_times, three_labels, adapted ? 0.7 : 0);
      net.reset();
      found[checkpointed] = values_and_gradients(v, parameters);
    }
    CHECK(found[0] == found[1]);
  }
}

TEST_CASE("bfloat16 weights give float32 velocities near those of float32 weights") {
  const LibTorch narrow{.weight_dtype = Dtype::bf16};
  const at::Tensor wide = network().predict(images(3), three_times, three_labels);
  const libtorch::SitNetwork net = network(narrow);
  const at::Tensor v = net.predict(images(3), three_times, three_labels);
  CHECK(dtype_of(v) == Dtype::f32);
  CHECK(dtype_of(net.base().at("pos_embed")) == Dtype::bf16);
  const double apart = LibTorch::to_host((v - wide).norm())[0] / LibTorch::to_host(wide.norm())[0];
  CHECK(apart > 0);
  CHECK(apart < 0.05);
}

TEST_CASE("a checkpoint of the small denoiser made on Eigen predicts the same on LibTorch, and back") {
  const ClassMlp spec{.data_size = 4, .classes = 3, .width = 8, .blocks = 2, .adapter_rank = 2};
  Philox random(1);
  eigen::ClassMlpNetwork<float> there(EigenCpu<float>{}, spec, random);
  Philox again(2);
  libtorch::ClassMlpNetwork here(LibTorch{}, spec, again);
  // An adapter that says something.
  for (auto& [name, tensor] : there.adapter())
    EigenCpu<float>::assign(tensor, EigenCpu<float>{}.from_host(shape_of(tensor),
                                                                random.normal({.stream = name}, shape_of(tensor).rows(),
                                                                              shape_of(tensor).row_size())));
  const test::TemporaryDirectory directory;
  const std::string file = directory.path() + "/mlp.safetensors";
  NamedTensors named = store_parameters(there.base(), "base/");
  named.merge(store_parameters(there.adapter(), "adapter/"));
  io::write_safetensors(file, named);
  const NamedTensors read = io::read_safetensors(file).tensors;
  load_parameters(LibTorch{}, here.base(), read, "base/");
  load_parameters(LibTorch{}, here.adapter(), read, "adapter/");
  const std::vector<double> x = random.normal({.stream = "x"}, 3, 4);
  const std::vector<double> a =
      EigenCpu<float>::to_host(there.predict(EigenCpu<float>{}.from_host({3, 4}, x), three_times, three_labels, 0.7));
  const std::vector<double> b =
      LibTorch::to_host(here.predict(LibTorch{}.from_host({3, 4}, x), three_times, three_labels, 0.7));
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Catch::Approx(b[i]).epsilon(1e-5).margin(1e-6));
  NamedTensors back = store_parameters(here.base(), "base/");
  back.merge(store_parameters(here.adapter(), "adapter/"));
  CHECK(back == named);
}

TEST_CASE("both backends draw the same initial weights") {
  const ClassMlp spec{.data_size = 4, .classes = 3, .width = 8, .blocks = 2, .adapter_rank = 2};
  Philox a(1), b(1);
  CHECK(store_parameters(eigen::ClassMlpNetwork<float>(EigenCpu<float>{}, spec, a).base()) ==
        store_parameters(libtorch::ClassMlpNetwork(LibTorch{}, spec, b).base()));
}

TEST_CASE("class margins and cross entropies are what they say, and refuse labels that are none") {
  const at::Tensor logits = LibTorch{.dtype = Dtype::f64}.from_host({2, 3}, std::vector<double>{1, 2, 4, 0, 0, 3});
  const std::vector<double> margins = LibTorch::to_host(libtorch::class_margin(logits, ClassLabels({2, 0})));
  CHECK(margins[0] == Catch::Approx(4 - std::log(std::exp(1.0) + std::exp(2.0))));
  CHECK(margins[1] == Catch::Approx(0 - std::log(1 + std::exp(3.0))));
  const double norm0 = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(4.0)), norm1 = std::log(2 + std::exp(3.0));
  CHECK(LibTorch::to_host(libtorch::cross_entropy(logits, ClassLabels({2, 0})))[0] ==
        Catch::Approx(0.5 * (norm0 - 4 + norm1)));
  CHECK(LibTorch::to_host(libtorch::cross_entropy(logits, ClassLabels({2, 0}), 0.3))[0] ==
        Catch::Approx(0.5 * (norm0 + norm1 - 0.7 * 4 - 0.1 * 7 - 0.1 * 3)));
  CHECK_THROWS_AS(libtorch::class_margin(logits, ClassLabels({2, 3})), NumericError);
  CHECK_THROWS_AS(libtorch::cross_entropy(logits, ClassLabels({2})), ShapeError);
}

TEST_CASE("a classifier refuses images of other channels, and its frozen view follows its training") {
  Philox random(1);
  libtorch::ConvClassifier classifier(LibTorch{}, {.channels = 1, .widths = {4, 6}, .classes = 3}, random);
  CHECK(shape_of(classifier.features(images(2))) == Shape{2, 6});
  CHECK_THROWS_AS(classifier.logits(LibTorch{}.from_host({1, 2, 4, 4}, std::vector<double>(32))), ShapeError);
  CHECK_THROWS_AS(libtorch::ConvClassifier(LibTorch{}, {.widths = {}}, random), ConfigError);
  const libtorch::ClassMarginModel model(classifier);
  at::Tensor& bias = classifier.parameters().at("head.bias");
  LibTorch::assign(bias, LibTorch{}.from_host({3}, std::vector<double>{5, 0, 0}));
  CHECK(LibTorch::to_host(model.classifier().parameters().at("head.bias"))[0] == 5);
  CHECK_FALSE(model.score(images(2), ClassLabels({0, 1})).requires_grad());
}
