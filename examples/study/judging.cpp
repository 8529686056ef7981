// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "judging.hpp"

#include <utility>

#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>

namespace study {

std::vector<std::int64_t> first_of_each_class(const std::vector<std::int64_t>& labels, std::int64_t classes,
                                              std::int64_t each) {
  std::vector<std::int64_t> places;
  for (std::int64_t label = 0; label < classes; ++label)
    for (std::size_t i = 0, found = 0; i < labels.size() && found < static_cast<std::size_t>(each); ++i)
      if (labels[i] == label) {
        places.push_back(static_cast<std::int64_t>(i));
        ++found;
      }
  return places;
}

JudgedRow Judging::judged(const Network& network, Sampling sampling, std::int64_t nfe) const {
  sampling.seed = context_.settings.seed + 2000;
  double drawing = 0;
  const Images images = draw(context_.settings.network, network, labels_, sampling, drawing);
  JudgedRow row{context_.evaluator.figures(images), images.take(pictures_)};
  row.figures.seconds_per_image = drawing / static_cast<double>(labels_.size());
  row.figures.nfe = nfe;
  return row;
}

void Judging::add(const std::string& name, JudgedRow row) {
  outcome_.rows.emplace_back(name, std::move(row.figures));
  outcome_.pictures.emplace(name, std::move(row.pictures));
}

Sampling Judging::student_sampling(std::int64_t steps) const {
  const dmdr::TrainerSettings& student = context_.settings.student;
  return {.steps = steps, .shift = student.shift, .adapter_scale = student.student_adapter ? 1.0 : 0.0};
}

void Judging::add(const Arm& arm, const ArmResult& result) {
  const Settings& settings = context_.settings;
  add(arm.name, result.student, student_sampling(arm.steps), arm.steps);
  outcome_.curves.emplace(arm.name, result.curve);
  outcome_.skips += result.skips;
  const std::string directory = keeping_.directory + "/students";
  dmdr::io::make_directories(dmdr::io::real_file_system(), directory);
  dmdr::io::Metadata metadata = network_metadata(keeping_, settings, "student");
  metadata["steps"] = std::to_string(arm.steps);
  metadata["shift"] = std::to_string(settings.student.shift);
  dmdr::io::write_safetensors(directory + "/" + arm.name + ".safetensors",
                              dmdr::store_parameters(result.student.base()), metadata);
}

}  // namespace study
