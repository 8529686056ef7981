// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <dmdr/io/file_system.hpp>

namespace dmdr::test {

/// The real file system, in which the operation of a chosen index fails once. Syncing is counted and may fail, but does not wait for the
/// disk: no test pulls the plug.
class FaultyFileSystem final : public io::FileSystem {
 public:
  enum class Fault { none, error, short_write };
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  /// From now on, operation number `index` (the first is 0) fails with `error`.
  void fail_at(std::size_t index, int error) { plan(index, Fault::error, error); }
  /// From now on, operation number `index` writes half of what it is given. Other operations are as usual.
  void write_short_at(std::size_t index) { plan(index, Fault::short_write, 0); }
  void behave() { plan(never, Fault::none, 0); }

  /// Operations since the last plan.
  [[nodiscard]] std::size_t count() const { return names_.size(); }
  /// Their names, in their order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Another fault: the error of an operation by its name, 0 for none.
  std::function<int(const std::string&)> also;
  /// Called before each operation, with its index.
  std::function<void(std::size_t)> before;

  io::Outcome<int> open(const std::string& path, io::OpenMode mode) override {
    if (const int error = next("open")) return {-1, error};
    return real_.open(path, mode);
  }
  io::Outcome<std::size_t> read(int file, std::span<std::byte> into) override {
    if (const int error = next("read")) return {0, error};
    return real_.read(file, into);
  }
  io::Outcome<std::size_t> write(int file, std::span<const std::byte> bytes) override {
    if (const int error = next("write")) return {0, error};
    const bool is_short = fault_ == Fault::short_write && names_.size() - 1 == at_ && bytes.size() > 1;
    return real_.write(file, is_short ? bytes.first(bytes.size() / 2) : bytes);
  }
  io::Outcome<io::FileStatus> status(int file) override {
    if (const int error = next("status")) return {{}, error};
    return real_.status(file);
  }
  io::Outcome<void> truncate(int file, std::uint64_t size) override {
    return outcome("truncate", [&] { return real_.truncate(file, size); });
  }
  io::Outcome<void> sync(int) override { return {next("sync")}; }
  io::Outcome<void> close(int file) override {
    const int error = next("close");
    const io::Outcome<void> closed = real_.close(file);  // the descriptor is gone even where close() reports an error
    return error != 0 ? io::Outcome<void>{error} : closed;
  }
  io::Outcome<void> link(const std::string& path, const std::string& second) override {
    return outcome("link", [&] { return real_.link(path, second); });
  }
  io::Outcome<void> rename(const std::string& from, const std::string& to) override {
    return outcome("rename", [&] { return real_.rename(from, to); });
  }
  io::Outcome<void> remove(const std::string& path) override {
    return outcome("remove", [&] { return real_.remove(path); });
  }
  io::Outcome<void> make_directory(const std::string& path) override {
    return outcome("make_directory", [&] { return real_.make_directory(path); });
  }
  io::Outcome<std::vector<std::string>> list(const std::string& directory) override {
    if (const int error = next("list")) return {{}, error};
    return real_.list(directory);
  }
  io::Outcome<void> sync_directory(const std::string&) override { return {next("sync_directory")}; }

 private:
  void plan(std::size_t index, Fault fault, int error) {
    names_.clear();
    at_ = index;
    fault_ = fault;
    error_ = error;
  }
  int next(const char* name) {
    if (before) before(names_.size());
    names_.emplace_back(name);
    if (also)
      if (const int error = also(name)) return error;
    return fault_ == Fault::error && names_.size() - 1 == at_ ? error_ : 0;
  }
  template <class Call>
  io::Outcome<void> outcome(const char* name, const Call& call) {
    if (const int error = next(name)) return {error};
    return call();
  }

  io::FileSystem& real_ = io::real_file_system();
  std::vector<std::string> names_;
  std::size_t at_ = never;
  Fault fault_ = Fault::none;
  int error_ = 0;
};

}  // namespace dmdr::test
