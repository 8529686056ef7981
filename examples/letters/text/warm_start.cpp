// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "warm_start.hpp"

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/train/trainer_checks.hpp>

namespace letters {
namespace {

using study::Backend;
using study::Tensor;

bool of_text(const std::string& name) { return name.starts_with("text."); }

/// The network with the image's part of `start`.
TextNetwork with_image_part(TextNetwork network, const study::Network& start) {
  dmdr::Parameters<Tensor> image;
  for (const auto& [name, tensor] : network.base())
    if (!of_text(name)) image.emplace(name, tensor);
  dmdr::NamedTensors given = dmdr::store_parameters(start.base());
  given.erase("y_embedder.embedding_table.weight");
  dmdr::load_parameters(Backend{}, image, given);
  return network;
}

dmdr::Parameters<Tensor> text_part(const TextNetwork& network) {
  dmdr::Parameters<Tensor> text;
  for (const auto& [name, tensor] : network.base())
    if (of_text(name)) text.emplace(name, tensor);
  return text;
}

}  // namespace

WarmStart::WarmStart(const TextSettings& settings, const CaptionData& data, TextNetwork network,
                     const study::Network& start)
    : settings_(settings),
      data_(data),
      network_(with_image_part(std::move(network), start)),
      table_(Backend::detach(start.base().at("y_embedder.embedding_table.weight"))),
      trained_(text_part(network_)),
      optimiser_(dmdr::tensors_of(trained_), settings.warm_start.optimiser),
      random_(settings.seed + 303) {}

std::pair<dmdr::TextPrompts, std::vector<std::int64_t>> WarmStart::batch() {
  const auto k = static_cast<std::uint64_t>(update_);
  const auto drawn = data_.letters(random_, "warm_start", k, settings_.warm_start.batch);
  const std::vector<double> u =
      random_.uniform(dmdr::Draw{"warm_start_dropout", k}, static_cast<std::int64_t>(drawn.size()));
  const auto dropped = [&](std::int64_t row) {
    return u[static_cast<std::size_t>(row)] < settings_.teacher.condition_dropout;
  };
  std::vector<std::int64_t> rows;
  for (const CaptionedLetter& one : drawn)
    rows.push_back(dropped(static_cast<std::int64_t>(rows.size())) ? letter_count : one.caption.letter);
  return {prompts_of(drawn).drop(dropped), rows};
}

void WarmStart::step() {
  const auto [prompts, rows] = batch();
  const Tensor target = Backend::take_rows(table_, rows);
  const Tensor loss = dmdr::expr::mean(dmdr::expr::square(
      dmdr::expr::full(network_.embedded_prompts(prompts), "prompt") - dmdr::expr::full(target, "class_embedding")));
  loss_ = Backend::to_host(loss)[0];
  if (update_ == 0) first_loss_ = loss_;
  if (!std::isfinite(loss_))
    throw dmdr::NumericError("warm start: the loss is not finite at update " + std::to_string(update_));
  const std::vector<Tensor> tensors = dmdr::tensors_of(trained_);
  Backend::clear_gradients(tensors);
  Backend::backward(loss);
  optimiser_.step(settings_.warm_start.optimiser.learning_rate *
                  dmdr::warm_cosine(update_, 0, settings_.warm_start.updates));
  Backend::clear_gradients(tensors);
  ++update_;
}

dmdr::NamedTensors WarmStart::state() {
  dmdr::NamedTensors named = dmdr::store_parameters(trained_, "text/");
  for (auto& [name, tensor] : optimiser_.state()) named.emplace("optimiser/" + name, std::move(tensor));
  named.emplace("table", Backend::store(table_));
  named.emplace("update", dmdr::HostTensor::from<std::int64_t>(dmdr::Shape{1}, std::span(&update_, 1)));
  const std::vector<double> losses{loss_, first_loss_};
  named.emplace("losses", dmdr::HostTensor::from<double>(dmdr::Shape{2}, losses));
  return named;
}

void WarmStart::restore(const dmdr::NamedTensors& named) {
  const auto where = dmdr::Location::current();
  if (!(dmdr::detail::stored(named, "table", where) == Backend::store(table_)))
    throw dmdr::ConfigError("resume: the warm start was made from another teacher; run without --resume, or with that");
  const std::vector<std::int64_t> update = dmdr::detail::stored(named, "update", where).as<std::int64_t>();
  const std::vector<double> losses = dmdr::detail::stored(named, "losses", where).as<double>();
  optimiser_.restore(dmdr::tensors_under(named, "optimiser/"));
  dmdr::load_parameters(Backend{}, trained_, named, "text/");
  update_ = update.at(0);
  loss_ = losses.at(0);
  first_loss_ = losses.at(1);
}

}  // namespace letters
