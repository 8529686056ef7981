// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "evaluate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <dmdr/eigen/symmetric_eigen.hpp>
#include <dmdr/eval/colour.hpp>
#include <dmdr/eval/frechet.hpp>
#include <dmdr/eval/inception_score.hpp>
#include <dmdr/eval/precision_recall.hpp>
#include <dmdr/model/sample.hpp>

namespace study {
namespace {

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Tensor clamped(const Images& images) {
  std::vector<double> values = images.values;
  for (double& value : values) value = std::clamp(value, -1.0, 1.0);
  return Backend{}.from_host(batch_shape(images.rows(), images), values);
}

}  // namespace

Evaluator::Evaluator(const Classifier& reward, const Classifier& judge, const Images& real)
    : reward_(reward),
      judge_(judge),
      real_(real),
      real_colour_(dmdr::eval::mean_colour(real.values, real.channels, real.size)) {
  real_features_ = features(real);
  columns_ = static_cast<std::int64_t>(real_features_.size()) / real.rows();
  const dmdr::eval::Moments moments = dmdr::eval::moments({real_features_, real.rows(), columns_});
  double trace = 0;
  for (std::int64_t i = 0; i < columns_; ++i) trace += moments.covariance[static_cast<std::size_t>(i * columns_ + i)];
  scale_ = std::sqrt(trace / static_cast<double>(columns_));
  for (double& value : real_features_) value /= scale_;
  real_radii_ = dmdr::eval::squared_neighbour_distances({real_features_, real.rows(), columns_},
                                                        dmdr::eval::PrecisionRecallSettings{}.neighbours);
}

std::vector<double> Evaluator::features(const Images& images) const {
  const Backend::NoGrad no_grad;
  std::vector<double> values = Backend::to_host(judge_.features(clamped(images)));
  for (double& value : values) value /= scale_;
  return values;
}

Figures Evaluator::figures(const Images& images) const {
  const Backend::NoGrad no_grad;
  const Tensor x = clamped(images);
  const dmdr::eval::Colour colour = dmdr::eval::mean_colour(Backend::to_host(x), images.channels, images.size);
  const dmdr::ClassLabels labels(images.labels);
  const Tensor logits = judge_.logits(x);
  const std::vector<double> generated = features(images), judged = Backend::to_host(logits);
  const dmdr::eval::Features real{real_features_, real_.rows(), columns_}, fake{generated, images.rows(), columns_};
  const auto neighbours = dmdr::eval::precision_recall(real, fake, {}, real_radii_);
  Figures figures;
  figures.reward = mean(Backend::to_host(class_margin(reward_.logits(x), labels)));
  figures.held_out_reward = mean(Backend::to_host(class_margin(logits, labels)));
  figures.frechet = dmdr::eval::frechet_distance(real, fake, dmdr::EigenSymmetricSolver{});
  figures.precision = neighbours.precision;
  figures.recall = neighbours.recall;
  figures.inception_score = dmdr::eval::inception_score({judged, images.rows(), dmdr::shape_of(logits)[1]}).mean;
  figures.luminance = colour.luminance;
  figures.saturation = colour.saturation;
  return figures;
}

double Evaluator::half_frechet(const Halves& halves) const {
  const std::vector<double> a = features(halves.a), b = features(halves.b);
  return dmdr::eval::frechet_distance(dmdr::eval::Features{a, halves.a.rows(), columns_},
                                      dmdr::eval::Features{b, halves.b.rows(), columns_}, dmdr::EigenSymmetricSolver{});
}

Images draw(const Spec& spec, const Network& network, const std::vector<std::int64_t>& labels, const Sampling& sampling,
            double& seconds) {
  const dmdr::SampleSettings settings{.grid = {.steps = sampling.steps, .shift = sampling.shift},
                                      .guidance = sampling.guidance,
                                      .adapter_scale = sampling.adapter_scale,
                                      .seed = sampling.seed,
                                      .rows_at_once = rows_at_once};
  const auto start = std::chrono::steady_clock::now();
  const dmdr::ClassLabels condition(labels);
  const Tensor images = sampling.euler
                            ? dmdr::draw_images(Backend{}, spec, network, dmdr::OdeEuler{}, condition, settings)
                            : dmdr::draw_images(Backend{}, spec, network, dmdr::Renoise{}, condition, settings);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {Backend::to_host(images), labels, dmdr::shape_of(images).row_size(), channels_of(spec)};
}

}  // namespace study
