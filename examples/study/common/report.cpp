// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

#include <nlohmann/json.hpp>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/html_report.hpp>
#include <dmdr/io/image.hpp>
#include <dmdr/io/image_grid.hpp>
#include <dmdr/io/setting_check.hpp>

namespace study {
namespace {

using Json = nlohmann::ordered_json;

struct Column {
  std::string key{}, title{};
  std::function<double(const Figures&)> value{};
  int decimals = 0;
};
struct CommonColumn {
  const char* key;
  const char* title;
  double (*value)(const Figures&);
  int decimals;
  bool of_colour = false;
};
constexpr std::size_t rewards = 2;  // of the columns that follow
constexpr std::array<CommonColumn, 10> common_columns{{
    {"reward", "reward", [](const Figures& f) { return f.reward; }, 2},
    {"held_out_reward", "held-out", [](const Figures& f) { return f.held_out_reward; }, 2},
    {"frechet", "FD", [](const Figures& f) { return f.frechet; }, 2},
    {"precision", "precision", [](const Figures& f) { return f.precision; }, 3},
    {"recall", "recall", [](const Figures& f) { return f.recall; }, 3},
    {"inception_score", "IS", [](const Figures& f) { return f.inception_score; }, 2},
    {"luminance", "luma", [](const Figures& f) { return f.luminance; }, 3, true},
    {"saturation", "saturation", [](const Figures& f) { return f.saturation; }, 3, true},
    {"seconds_per_image", "ms/image", [](const Figures& f) { return f.seconds_per_image; }, 3},
    {"nfe", "NFE", [](const Figures& f) { return static_cast<double>(f.nfe); }, 0},
}};

std::vector<Column> columns_of(const ReportForm& form) {
  std::vector<Column> columns;
  for (const CommonColumn& column : common_columns) {
    if (columns.size() == rewards)
      for (std::size_t i = 0; i < form.extra.size(); ++i)
        columns.push_back({form.extra[i].key, form.extra[i].title, [i](const Figures& f) { return f.extra.at(i); },
                           form.extra[i].decimals});
    if (form.colour || !column.of_colour) columns.push_back({column.key, column.title, column.value, column.decimals});
  }
  return columns;
}

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation
};
Spread spread_of(const std::vector<Outcome>& outcomes, std::size_t row, const Column& column) {
  Spread s;
  const auto n = static_cast<double>(outcomes.size());
  for (const Outcome& outcome : outcomes) s.mean += column.value(outcome.rows[row].second) / n;
  for (const Outcome& outcome : outcomes) s.deviation += std::pow(column.value(outcome.rows[row].second) - s.mean, 2);
  s.deviation = outcomes.size() > 1 ? std::sqrt(s.deviation / (n - 1)) : 0;
  return s;
}

std::string number(double value, int decimals) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return buffer.data();
}
double unit_of(const Column& column) { return column.key == "seconds_per_image" ? 1e3 : 1; }
std::string cell(const Figures& figures, const Column& column) {
  return number(unit_of(column) * column.value(figures), column.decimals);
}
std::string cell(const std::vector<Outcome>& outcomes, std::size_t row, const Column& column) {
  const Spread s = spread_of(outcomes, row, column);
  std::string text = number(unit_of(column) * s.mean, column.decimals);
  if (outcomes.size() > 1 && column.decimals > 0)
    text += " ± " + number(unit_of(column) * s.deviation, column.decimals);
  return text;
}

std::vector<std::string> caption_header(const ReportForm& form) {
  std::vector<std::string> header{"row"};
  for (std::int64_t column = 1; column <= form.picture_columns; ++column) header.push_back(std::to_string(column));
  return header;
}
/// The captions, laid out as the pictures are.
std::vector<std::vector<std::string>> caption_rows(const std::vector<std::string>& captions, const ReportForm& form) {
  const auto columns = static_cast<std::size_t>(form.picture_columns);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    if (i % columns == 0) rows.push_back({std::to_string(rows.size() + 1)});
    rows.back().push_back(captions[i]);
  }
  for (auto& row : rows) row.resize(columns + 1);
  return rows;
}

}  // namespace

std::string png_grid(const Images& images, const ReportForm& form) {
  const std::int64_t side = side_of(images);
  const std::vector<float> values(images.values.begin(), images.values.end());
  const auto bytes = dmdr::io::encode_png(
      dmdr::io::image_grid(dmdr::HostTensor::from<float>(dmdr::Shape{images.rows(), images.channels, side, side},
                                                         values),
                           {.columns = form.picture_columns, .padding = 1, .upscale = form.upscale}));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string table_text(const std::vector<Outcome>& outcomes, const ReportForm& form) {
  const std::vector<Column> columns = columns_of(form);
  std::vector<std::vector<std::string>> cells{{"arm"}};
  for (const Column& column : columns) cells[0].emplace_back(column.title);
  for (std::size_t row = 0; row < outcomes[0].rows.size(); ++row) {
    cells.push_back({outcomes[0].rows[row].first});
    for (const Column& column : columns) cells.back().push_back(cell(outcomes, row, column));
  }
  const auto length = [](const std::string& text) {  // code points: the sign of the spread has two bytes
    std::size_t n = 0;
    for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
    return n;
  };
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& row : cells)
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], length(row[k]));
  std::string text;
  for (const auto& row : cells) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::string pad(widths[k] - length(row[k]), ' ');
      text += k == 0 ? row[k] + pad : "  " + pad + row[k];
    }
    text += '\n';
  }
  return text;
}

std::vector<std::pair<std::string, bool>> paper_claims(const Outcome& outcome) {
  std::map<std::string, Figures> rows(outcome.rows.begin(), outcome.rows.end());
  std::vector<std::pair<std::string, bool>> said;
  if (rows.contains("tilted_joint") && rows.contains("teacher"))
    said.emplace_back("tilted_joint beats the many-step teacher on held-out reward",
                      rows["tilted_joint"].held_out_reward > rows["teacher"].held_out_reward);
  if (rows.contains("dmd_rl_only") && rows.contains("dmd_joint")) {
    const Figures &rl = rows["dmd_rl_only"], &joint = rows["dmd_joint"];
    said.emplace_back("RL only drives the train reward up", rl.reward > joint.reward);
    said.emplace_back("... at a worse Fréchet distance than joint", rl.frechet > joint.frechet);
    said.emplace_back("... at a worse recall than joint", rl.recall < joint.recall);
    said.emplace_back("... and at a worse held-out reward than joint", rl.held_out_reward < joint.held_out_reward);
  }
  return said;
}

void write_summary(const std::string& path, const std::vector<Outcome>& outcomes, const ReportForm& form,
                   const std::string& settings_digest, double total_seconds) {
  const std::vector<Column> columns = columns_of(form);
  Json summary;
  for (std::size_t row = 0; row < outcomes[0].rows.size(); ++row)
    for (const Column& column : columns) {
      Json& arm = summary["arms"][outcomes[0].rows[row].first];
      const Spread s = spread_of(outcomes, row, column);
      arm[column.key] = s.mean;
      if (outcomes.size() > 1) arm["deviation"][column.key] = s.deviation;
    }
  for (const auto& [name, seconds] : outcomes[0].seconds) {
    double sum = 0;
    for (const Outcome& outcome : outcomes) sum += outcome.seconds.at(name);
    summary["seconds"][name] = sum;
  }
  summary["seconds"]["total"] = total_seconds;
  summary["settings_digest"] = settings_digest;
  summary["generator"] = outcomes[0].generator;
  summary["backend"] = outcomes[0].backend;
  for (const Outcome& outcome : outcomes) {
    Json one{{"seed", outcome.seed},
             {"reward_accuracy", outcome.reward_accuracy},
             {"judge_accuracy", outcome.judge_accuracy},
             {"teacher_loss", outcome.teacher_loss},
             {"half_frechet", outcome.half_frechet},
             {"skipped_iterations", outcome.skips}};
    for (const auto& [sentence, holds] : outcome.claims) one["verdicts"][sentence] = holds;
    for (const auto& [name, figures] : outcome.rows)
      for (const Column& column : columns) one["arms"][name][column.key] = column.value(figures);
    for (const GuidedRow& row : outcome.guided) {
      Json at{{"steps", row.steps}, {"guidance", row.guidance}};
      for (const Column& column : columns) at[column.key] = column.value(row.figures);
      one["teacher_by_guidance"].push_back(at);
    }
    for (const auto& [name, curve] : outcome.curves)
      for (CurvePoint point : curve) {
        Json at{{"update", point.update}};
        point.figures.visit([&](const char* key, double value) { at[key] = value; });
        one["curves"][name].push_back(at);
      }
    summary["seeds"].push_back(one);
  }
  const std::string text = summary.dump(2) + "\n";
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(), path, dmdr::io::bytes_of(text));
}

void write_pictures(const std::string& directory, const Outcome& outcome, const ReportForm& form) {
  dmdr::io::make_directories(dmdr::io::real_file_system(), directory);
  for (const auto& [name, images] : outcome.pictures) {
    const std::string png = png_grid(images, form);
    dmdr::io::write_file_atomically(dmdr::io::real_file_system(), directory + "/" + name + ".png",
                                    dmdr::io::bytes_of(png));
  }
}

void write_report(const std::string& path, const std::vector<Outcome>& outcomes, const ReportForm& form,
                  const std::string& settings, double total_seconds) {
  const std::vector<Column> columns = columns_of(form);
  const Outcome& first = outcomes[0];
  dmdr::io::HtmlReport report(form.title);
  report.paragraph(form.introduction);
  report.heading(outcomes.size() == 1
                     ? "Figures, seed " + std::to_string(first.seed)
                     : "Figures, mean ± standard deviation of " + std::to_string(outcomes.size()) + " seeds");
  std::vector<std::string> header{"arm"};
  for (const Column& column : columns) header.emplace_back(column.title);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t row = 0; row < first.rows.size(); ++row) {
    rows.push_back({first.rows[row].first});
    for (const Column& column : columns) rows.back().push_back(cell(outcomes, row, column));
  }
  report.table(header, rows);
  report.paragraph("Classifiers on the half that they were not trained on: reward " +
                   number(100 * first.reward_accuracy, 1) + " %, judge " + number(100 * first.judge_accuracy, 1) +
                   " %. The two halves of the real data differ by FD " + number(first.half_frechet, 2) +
                   ": smaller distances mean nothing. NFE counts both evaluations of guidance.");
  std::vector<std::vector<std::string>> claims;
  for (const auto& [sentence, holds] : first.claims) {
    std::size_t count = 0;
    for (const Outcome& outcome : outcomes)
      for (const auto& [other, also] : outcome.claims) count += other == sentence && also ? 1U : 0U;
    claims.push_back({sentence, std::to_string(count) + " of " + std::to_string(outcomes.size()) + " seeds"});
  }
  if (!claims.empty()) report.table({"claim", "holds on"}, claims);

  if (!first.guided.empty()) {
    report.heading("The teacher by steps and guidance, seed " + std::to_string(first.seed));
    header[0] = "guidance";
    header.insert(header.begin(), "steps");
    std::vector<std::vector<std::string>> guided;
    for (const GuidedRow& row : first.guided) {
      guided.push_back({std::to_string(row.steps), dmdr::io::number_text(row.guidance)});
      for (const Column& column : columns) guided.back().push_back(cell(row.figures, column));
    }
    report.table(header, guided);
  }

  report.heading("Over generator updates, seed " + std::to_string(first.seed));
  const auto curve = [&](const std::string& title, const std::function<double(const Figures&)>& value, bool log_y) {
    std::vector<dmdr::io::Series> series;
    for (const auto& [name, points] : first.curves) {
      dmdr::io::Series one{name, {}, {}};
      for (const CurvePoint& point : points) {
        one.x.push_back(static_cast<double>(point.update));
        one.y.push_back(value(point.figures));
      }
      series.push_back(one);
    }
    report.chart({.title = title, .x_label = "generator updates", .y_label = title, .log_y = log_y}, series);
  };
  curve(
      "reward (trained on)", [](const Figures& f) { return f.reward; }, false);
  curve(
      "held-out reward", [](const Figures& f) { return f.held_out_reward; }, false);
  curve(
      "Fréchet distance (log)", [](const Figures& f) { return f.frechet; }, true);
  curve(
      "recall", [](const Figures& f) { return f.recall; }, false);
  if (form.colour) {
    curve(
        "luminance", [](const Figures& f) { return f.luminance; }, false);
    curve(
        "saturation", [](const Figures& f) { return f.saturation; }, false);
  }

  for (std::size_t i = 0; i < form.extra.size(); ++i)
    if (form.extra[i].curve)
      curve(
          form.extra[i].title, [i](const Figures& f) { return f.extra.at(i); }, false);

  report.heading(form.pictures);
  std::vector<dmdr::io::HtmlReport::Picture> pictures;
  if (first.pictures.contains("real")) pictures.push_back({"real", png_grid(first.pictures.at("real"), form)});
  for (const auto& [name, figures] : first.rows)
    if (first.pictures.contains(name))
      pictures.push_back(
          {name + " (" + std::to_string(figures.nfe) + " NFE)", png_grid(first.pictures.at(name), form)});
  report.pictures(pictures);
  if (!first.captions.empty()) report.table(caption_header(form), caption_rows(first.captions, form));

  report.heading("Time");
  std::vector<std::vector<std::string>> times;
  for (const auto& [name, seconds] : first.seconds) times.push_back({name, number(seconds, 1)});
  times.push_back({"total, all seeds", number(total_seconds, 1)});
  report.table({"part", "seconds"}, times);
  report.heading("Settings");
  report.code(settings);
  report.write(path);
}

void conclude(const std::string& output, const std::vector<Outcome>& outcomes, const ReportForm& form,
              const std::string& settings, const std::string& settings_digest, double total_seconds) {
  write_summary(output + "/summary.json", outcomes, form, settings_digest, total_seconds);
  write_report(output + "/report.html", outcomes, form, settings, total_seconds);
  std::printf("\n%s\n", table_text(outcomes, form).c_str());
  for (const Outcome& outcome : outcomes)
    for (const auto& [sentence, holds] : outcome.claims)
      std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(outcome.seed), sentence.c_str(),
                  holds ? "yes" : "NO");
  std::printf(
      "\nreward classifier %.1f %%, judge %.1f %% on the half that each was not trained on; FD between the halves "
      "%.2f\n%.1f s; report: %s/report.html\n",
      100 * outcomes.at(0).reward_accuracy, 100 * outcomes.at(0).judge_accuracy, outcomes.at(0).half_frechet,
      total_seconds, output.c_str());
}

}  // namespace study
