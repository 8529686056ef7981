// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <dmdr/io/checkpoint_manifest.hpp>
#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/safetensors.hpp>

#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using dmdr::test::slurp;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;
using Names = std::vector<std::string>;

namespace {

NamedTensors state(double value) {
  const std::vector<double> values{value, value + 0.5};
  return {{"student.w", HostTensor::from<double>({2}, std::span<const double>(values))},
          {"ema.w", HostTensor::from<double>({1, 2}, std::span<const double>(values))}};
}

Names names_in(const std::string& directory) { return io::real_file_system().list(directory).value; }

/// Changes one bit of a file.
void flip(const std::string& path, std::size_t byte) {
  std::string text = slurp(path);
  text.at(byte) = static_cast<char>(text.at(byte) ^ 1);
  spill(path, text);
}

}  // namespace

TEST_CASE("a saved checkpoint is loaded with its step, tensors and metadata", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory / "run/checkpoints");
  store.save(7, state(1), {{"settings_digest", "abc"}});
  const io::NewestCheckpoint newest = store.load_newest();
  REQUIRE(newest.checkpoint.has_value());
  CHECK(newest.checkpoint->step == 7);
  CHECK(newest.checkpoint->tensors == state(1));
  CHECK(newest.checkpoint->metadata == io::Metadata{{"settings_digest", "abc"}});
  CHECK(newest.rejected.empty());
  CHECK(names_in(store.directory()) == Names{"step-7.json", "step-7.safetensors"});
}

TEST_CASE("an empty directory has no newest checkpoint", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  CHECK_FALSE(store.load_newest().checkpoint.has_value());
  CHECK(store.steps().empty());
}

TEST_CASE("the newest checkpoints are kept and older ones removed", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path(), {.keep = 3});
  for (const int step : {1, 2, 9, 10, 11}) store.save(step, state(step));
  CHECK(store.steps() == std::vector<std::int64_t>{9, 10, 11});
  CHECK(names_in(directory.path()).size() == 6);
  CHECK(store.load(10).tensors == state(10));
}

TEST_CASE("a store keeps at least two checkpoints", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(io::CheckpointStore(directory.path(), {.keep = 1}), ConfigError);
}

TEST_CASE("after going back to an earlier step the branch saved last is the newest", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  {
    io::CheckpointStore store(directory.path(), {.keep = 3});
    for (const int step : {10, 20, 30}) store.save(step, state(step));
  }
  io::CheckpointStore store(directory.path(), {.keep = 3});
  store.save(15, state(15));
  CHECK(store.load_newest().checkpoint->step == 15);
  CHECK(store.steps() == std::vector<std::int64_t>{15, 20, 30});
}

TEST_CASE("a step saved again replaces the first and leaves one data file", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(5, state(1));
  store.save(5, state(2));
  CHECK(store.load(5).tensors == state(2));
  CHECK(names_in(directory.path()) == Names{"step-5-1.safetensors", "step-5.json"});
  store.save(5, state(3));
  CHECK(store.load(5).tensors == state(3));
  CHECK(names_in(directory.path()) == Names{"step-5.json", "step-5.safetensors"});
}

TEST_CASE("where the newest checkpoint is damaged the one before it loads, and a line says why", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(1, state(1));
  store.save(2, state(2));
  const std::string path = directory / "step-2.safetensors";
  flip(path, slurp(path).size() - 1);
  const io::NewestCheckpoint newest = store.load_newest();
  REQUIRE(newest.checkpoint.has_value());
  CHECK(newest.checkpoint->step == 1);
  REQUIRE(newest.rejected.size() == 1);
  CHECK_THAT(newest.rejected[0],
             ContainsSubstring("step-2.json") && ContainsSubstring("tensor \"student.w\" is damaged"));
  CHECK_THROWS_WITH(store.load(2), ContainsSubstring("tensor \"student.w\" is damaged"));
}

TEST_CASE("a checkpoint that did not verify does not count as kept", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(1, state(1));
  store.save(2, state(2));
  flip(directory / "step-2.safetensors", 9);
  CHECK(store.load_newest().checkpoint->step == 1);
  store.save(3, state(3));
  CHECK(store.load(1).tensors == state(1));
  store.save(4, state(4));
  CHECK(store.steps() == std::vector<std::int64_t>{3, 4});
}

TEST_CASE("manifests of which none verifies are an error, not a fresh start", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(1, state(1));
  store.save(2, state(2));
  spill(directory / "step-1.safetensors", "");
  std::filesystem::remove(directory / "step-2.safetensors");
  CHECK_THROWS_WITH(store.load_newest(), ContainsSubstring("none of 2 verifies") && ContainsSubstring("step-1.json") &&
                                             ContainsSubstring("it has 0 bytes, its manifest says") &&
                                             ContainsSubstring("step-2.json") &&
                                             ContainsSubstring("No such file or directory"));
}

TEST_CASE("a manifest of another format version is refused by a sentence with the versions read", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(1, state(1));
  store.save(2, state(2));
  std::string text = slurp(directory / "step-2.json");
  text.replace(text.find("\"format\": 1"), 11, "\"format\": 9");
  spill(directory / "step-2.json", text);
  CHECK_THROWS_WITH(store.load(2), ContainsSubstring("format 9, this build reads 1..1"));
  CHECK(store.load_newest().checkpoint->step == 1);
}

TEST_CASE("a checkpoint of format 1 that an earlier build wrote is read", "[io][checkpoint]") {
  const io::NewestCheckpoint newest =
      io::load_newest_checkpoint(std::string(DMDR_TEST_DATA) + "/io/checkpoint_format_1");
  REQUIRE(newest.checkpoint.has_value());
  CHECK(newest.checkpoint->step == 40);
  CHECK(newest.checkpoint->tensors == state(1));
  CHECK(newest.checkpoint->metadata == io::Metadata{{"recipe", "Dmdr"}});
}

TEST_CASE("a manifest that names another step, no file or a file elsewhere is refused", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  io::CheckpointStore store(directory.path());
  store.save(1, state(1));
  std::filesystem::copy_file(directory / "step-1.json", directory / "step-2.json");
  CHECK_THROWS_WITH(store.load(2), ContainsSubstring("it is of step 1"));
  spill(directory / "step-2.json", io::manifest_text({2, 2, {}}));
  CHECK_THROWS_WITH(store.load(2), ContainsSubstring("names 0 data files"));
  spill(directory / "step-2.json", io::manifest_text({2, 2, {{"../x", 1, "", {}}}}));
  CHECK_THROWS_WITH(store.load(2), ContainsSubstring("outside its directory"));
}

TEST_CASE("a manifest round-trips, and any other text is refused", "[io][checkpoint]") {
  const io::CheckpointManifest manifest{3, 4, {{"step-3.safetensors", 17, "d", {{"a \"b\"", "e"}, {"c", "f"}}}}};
  const io::CheckpointManifest back = io::parse_manifest(io::manifest_text(manifest), "m");
  CHECK(back.step == 3);
  CHECK(back.serial == 4);
  CHECK(back.files.at(0).name == "step-3.safetensors");
  CHECK(back.files.at(0).bytes == 17);
  CHECK(back.files.at(0).tensors == manifest.files[0].tensors);
  for (const std::string text : {"", "[]", "{", "{}", "{\"format\": \"1\"}", "{\"format\": 1}", "null"})
    CHECK_THROWS_AS(io::parse_manifest(text, "m"), FileError);
  CHECK_THROWS_WITH(io::parse_manifest("{\"format\": 0}", "m"), ContainsSubstring("format 0, this build reads 1..1"));
}

TEST_CASE("a directory that cannot be written is an error when the store is opened", "[io][checkpoint]") {
  CHECK_THROWS_AS(io::CheckpointStore("/proc/no/such/place"), FileError);
}

TEST_CASE("files of other names in the directory are left alone", "[io][checkpoint]") {
  const TemporaryDirectory directory;
  for (const std::string name : {"notes.txt", "step-1.txt", "step-01.safetensors", "step-x.json", "mine.safetensors"})
    spill(directory / name, "x");
  io::CheckpointStore store(directory.path());
  for (int step = 0; step < 5; ++step) store.save(step, state(step));
  CHECK(names_in(directory.path()).size() == 5 + 4);
}
