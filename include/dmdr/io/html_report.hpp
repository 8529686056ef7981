// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// A curve of a chart.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;  ///< points that are not finite are left out
};

/// How a chart is drawn.
struct ChartSettings {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_y = false;  ///< points that are not positive are left out
};

/// One self-contained HTML file: text, tables, line charts (SVG) and pictures (PNG, embedded). It loads nothing from anywhere.
class HtmlReport {
 public:
  explicit HtmlReport(const std::string& title);

  void heading(const std::string& text);
  void paragraph(const std::string& text);
  /// Cells are text; numbers are aligned right. Throws `ShapeError` where a row has another length than the header.
  void table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);
  /// Line chart with a legend; the extents come from the points. Throws `ShapeError` where x and y of a series differ in length.
  void chart(const ChartSettings& settings, const std::vector<Series>& series);
  /// Pictures side by side, each with a caption; `png` are the bytes of a file.
  struct Picture {
    std::string caption;
    std::string png;
  };
  void pictures(const std::vector<Picture>& pictures);
  /// Text as it is, in a fixed-width face.
  void code(const std::string& text);

  [[nodiscard]] std::string html() const;
  /// Writes the file atomically.
  void write(const std::string& path, FileSystem& file_system = real_file_system()) const;

 private:
  std::string title_;
  std::string body_;
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/html_report.ipp>  // IWYU pragma: export
#endif
