// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "teaching.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <dmdr/train/trainer_checks.hpp>

namespace study {
namespace {

dmdr::TeacherSettings seeded(const Settings& settings) {
  dmdr::TeacherSettings run = settings.teacher;
  run.seed = settings.seed;
  return run;
}

Network fresh_network(const Settings& settings) {
  dmdr::Philox random(settings.seed);
  return new_network(settings.network, random);
}

}  // namespace

Teaching::Teaching(const Settings& settings, Source source, const TeacherTimes& times)
    : run_(settings.teacher),
      trainer_(
          Backend{}, settings.network, seeded(settings), fresh_network(settings),
          [source = std::move(source)](dmdr::RandomSource& random, std::uint64_t update, std::int64_t rows) {
            const Images batch = source(random, "teacher_batch", update, rows);
            return std::pair(Backend{}.from_host(batch_shape(rows, batch), batch.values),
                             dmdr::ClassLabels(batch.labels));
          },
          times) {}

dmdr::TeacherTrainer<Spec, Backend, TeacherTimes>::Report Teaching::step() {
  const std::int64_t tail = std::min<std::int64_t>(100, run_.updates);
  auto report = trainer_.step();
  if (trainer_.update() > run_.updates - tail) last_loss_ += report.loss / static_cast<double>(tail);
  return report;
}

dmdr::NamedTensors Teaching::state() {
  dmdr::NamedTensors named = trainer_.state();
  named.emplace("last_loss", dmdr::HostTensor::from<double>(dmdr::Shape{1}, std::span(&last_loss_, 1)));
  return named;
}

void Teaching::restore(const dmdr::NamedTensors& named) {
  const std::vector<double> loss = dmdr::detail::stored(named, "last_loss", dmdr::Location::current()).as<double>();
  trainer_.restore(named);
  last_loss_ = loss.at(0);
}

}  // namespace study
