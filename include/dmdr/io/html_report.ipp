// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>

#include <dmdr/core/error.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/html_report.hpp>

namespace dmdr::io {
namespace detail {

inline std::string html_escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

inline std::string base64(const std::string& bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8U) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= count ? alphabet[(bits >> (18U - 6U * static_cast<unsigned>(k))) & 63U] : '=';
  }
  return text;
}

inline std::string number_text(double value, const char* format = "%.4g") {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

/// Round steps (1, 2 or 5 times a power of ten) that divide an interval into about five parts.
inline std::vector<double> ticks_of(double low, double high) {
  const double raw = (high - low) / 5;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double step =
      raw / power < 1.5 ? power : (raw / power < 3.5 ? 2 * power : (raw / power < 7.5 ? 5 * power : 10 * power));
  std::vector<double> ticks;
  for (double at = std::ceil(low / step) * step; at <= high + step * 1e-9; at += step)
    ticks.push_back(std::abs(at) < step * 1e-9 ? 0 : at);
  return ticks;
}

inline bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE \xC2\xB1%/x") == std::string::npos;
}

}  // namespace detail

DMDR_INLINE HtmlReport::HtmlReport(const std::string& title) : title_(title) {}

DMDR_INLINE void HtmlReport::heading(const std::string& text) {
  body_ += "<h2>" + detail::html_escaped(text) + "</h2>\n";
}
DMDR_INLINE void HtmlReport::paragraph(const std::string& text) {
  body_ += "<p>" + detail::html_escaped(text) + "</p>\n";
}
DMDR_INLINE void HtmlReport::code(const std::string& text) {
  body_ += "<pre>" + detail::html_escaped(text) + "</pre>\n";
}

DMDR_INLINE void HtmlReport::table(const std::vector<std::string>& header,
                                   const std::vector<std::vector<std::string>>& rows) {
  body_ += "<table><tr>";
  for (const std::string& cell : header) body_ += "<th>" + detail::html_escaped(cell) + "</th>";
  body_ += "</tr>\n";
  for (const std::vector<std::string>& row : rows) {
    if (row.size() != header.size())
      throw ShapeError("report: a table row has " + std::to_string(row.size()) + " cells, the header " +
                       std::to_string(header.size()));
    body_ += "<tr>";
    for (const std::string& cell : row)
      body_ += (detail::is_number(cell) ? "<td class=n>" : "<td>") + detail::html_escaped(cell) + "</td>";
    body_ += "</tr>\n";
  }
  body_ += "</table>\n";
}

DMDR_INLINE void HtmlReport::chart(const ChartSettings& settings, const std::vector<Series>& series) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double width = 560, height = 320, left = 62, right = 12, top = 30, bottom = 44;
  constexpr std::array<const char*, 10> colours{"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd",
                                                "#8c564b", "#17becf", "#e377c2", "#7f7f7f", "#bcbd22"};
  const auto shown = [&](double y) { return std::isfinite(y) && (!settings.log_y || y > 0); };
  const auto scale = [&](double y) { return settings.log_y ? std::log10(y) : y; };
  double x_low = infinity, x_high = -infinity, y_low = infinity, y_high = -infinity;
  for (const Series& one : series) {
    if (one.x.size() != one.y.size())
      throw ShapeError("report: series '" + one.name + "' has " + std::to_string(one.x.size()) + " x and " +
                       std::to_string(one.y.size()) + " y");
    for (std::size_t i = 0; i < one.x.size(); ++i) {
      if (!std::isfinite(one.x[i]) || !shown(one.y[i])) continue;
      x_low = std::min(x_low, one.x[i]);
      x_high = std::max(x_high, one.x[i]);
      y_low = std::min(y_low, scale(one.y[i]));
      y_high = std::max(y_high, scale(one.y[i]));
    }
  }
  if (!(x_low <= x_high)) {
    paragraph(settings.title + ": no points");
    return;
  }
  if (x_low == x_high) x_high = x_low + 1;
  const double margin = y_low == y_high ? 1 : 0.05 * (y_high - y_low);
  y_low -= margin;
  y_high += margin;
  const auto px = [&](double x) { return left + (x - x_low) / (x_high - x_low) * (width - left - right); };
  const auto py = [&](double y) { return height - bottom - (y - y_low) / (y_high - y_low) * (height - top - bottom); };
  const auto text = [](double x, double y, const std::string& anchor, const std::string& words,
                       const std::string& more = "") {
    return "<text x='" + detail::number_text(x) + "' y='" + detail::number_text(y) + "' text-anchor='" + anchor + "' " +
           more + ">" + detail::html_escaped(words) + "</text>";
  };
  std::string svg = "<figure class=chart><svg viewBox='0 0 " + detail::number_text(width) + " " +
                    detail::number_text(height) + "' role='img'>";
  svg += text(left, 18, "start", settings.title, "class='t'");
  for (const double tick : detail::ticks_of(x_low, x_high))
    svg += "<path class='g' d='M" + detail::number_text(px(tick)) + " " + detail::number_text(top) + "V" +
           detail::number_text(height - bottom) + "'/>" +
           text(px(tick), height - bottom + 16, "middle", detail::number_text(tick));
  for (const double tick : detail::ticks_of(y_low, y_high))
    svg +=
        "<path class='g' d='M" + detail::number_text(left) + " " + detail::number_text(py(tick)) + "H" +
        detail::number_text(width - right) + "'/>" +
        text(left - 6, py(tick) + 4, "end", detail::number_text(settings.log_y ? std::pow(10.0, tick) : tick, "%.3g"));
  svg += text((left + width - right) / 2, height - 8, "middle", settings.x_label);
  svg += text(14, (top + height - bottom) / 2, "middle", settings.y_label,
              "transform='rotate(-90 14 " + detail::number_text((top + height - bottom) / 2) + ")'");
  std::string legend;
  for (std::size_t k = 0; k < series.size(); ++k) {
    const std::string colour = colours[k % colours.size()];
    std::string path, dots;
    for (std::size_t i = 0; i < series[k].x.size(); ++i) {
      if (!std::isfinite(series[k].x[i]) || !shown(series[k].y[i])) continue;
      const std::string x = detail::number_text(px(series[k].x[i]), "%.2f"),
                        y = detail::number_text(py(scale(series[k].y[i])), "%.2f");
      path += (path.empty() ? "M" : "L") + x + " " + y;
      dots += "<circle cx='" + x + "' cy='" + y + "' r='2.2' fill='" + colour + "'/>";
    }
    svg += "<path d='" + path + "' fill='none' stroke='" + colour + "' stroke-width='1.6'" +
           (k >= colours.size() ? " stroke-dasharray='4 2'" : "") + "/>" + dots;
    legend += "<span><i style='background:" + colour + "'></i>" + detail::html_escaped(series[k].name) + "</span> ";
  }
  body_ += svg + "</svg><figcaption class=legend>" + legend + "</figcaption></figure>\n";
}

DMDR_INLINE void HtmlReport::pictures(const std::vector<Picture>& pictures) {
  body_ += "<div class=row>";
  for (const Picture& picture : pictures)
    body_ += "<figure><img alt=\"" + detail::html_escaped(picture.caption) + "\" src=\"data:image/png;base64," +
             detail::base64(picture.png) + "\"><figcaption>" + detail::html_escaped(picture.caption) +
             "</figcaption></figure>";
  body_ += "</div>\n";
}

DMDR_INLINE std::string HtmlReport::html() const {
  return "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport "
         "content='width=device-width'><title>" +
         detail::html_escaped(title_) +
         "</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:2em auto;padding:0 "
         "1em;color:#222}"
         "table{border-collapse:collapse;margin:1em 0}th,td{padding:.25em .8em;border-bottom:1px solid "
         "#ddd;text-align:left}"
         "td.n{text-align:right;font-variant-numeric:tabular-nums}figure{margin:.5em}.row{display:flex;flex-wrap:wrap}"
         ".chart{display:inline-block;width:560px;max-width:100%}svg{width:100%}svg text{font-size:11px;fill:#444}svg "
         ".t{font-size:13px;font-weight:600}"
         "svg .g{stroke:#e4e4e4;fill:none}figcaption{font-size:13px;color:#444}.legend "
         "span{margin-right:.9em;white-space:nowrap}"
         ".legend i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}img{image-rendering:pixelated}"
         "pre{background:#f6f6f6;padding:1em;overflow:auto;font-size:12px}</style></head>\n<body><h1>" +
         detail::html_escaped(title_) + "</h1>\n" + body_ + "</body></html>\n";
}

DMDR_INLINE void HtmlReport::write(const std::string& path, FileSystem& file_system) const {
  const std::string text = html();
  write_file_atomically(file_system, path, std::as_bytes(std::span(text)));
}

}  // namespace dmdr::io
