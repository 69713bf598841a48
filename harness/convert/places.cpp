// SPDX-License-Identifier: Apache-2.0
// Looks at paths before anything is written.
#include "harness/convert/places.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "reports/file.h"
#include "reports/text/units.h"
#include "suites/checkpoints/checkpoint_index.h"
#include "suites/checkpoints/containers/quantization_config.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& message) {
  throw std::runtime_error(path.string() + ": " + message);
}

// "out/" is the folder "out".
fs::path without_slash(const std::string& text) {
  const fs::path path = fs::path(text).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

bool is_in(const fs::path& inner, const fs::path& outer) {
  const fs::path a = fs::weakly_canonical(inner), b = fs::weakly_canonical(outer);
  return std::mismatch(b.begin(), b.end(), a.begin(), a.end()).first == b.end();
}

void check_out(const Places& places) {
  const fs::path& out = places.out;
  if (fs::exists(fs::symlink_status(out))) fail(out, "is there already: name a new one");
  if (!fs::is_directory(folder_of(out))) fail(out, "there is no folder to make it in");
  if (::access(folder_of(out).c_str(), W_OK) != 0) fail(out, "its folder cannot be written to");
  if (places.folder && is_in(out, places.in))
    fail(out, "lies in the folder that is read: name another place");
}

constexpr std::string_view kWeights[] = {
    ".safetensors", ".gguf", ".bin",     ".pt", ".pth",       ".ckpt",   ".onnx",   ".h5",
    ".npz",         ".npy",  ".msgpack", ".ot", ".onnx_data", ".tflite", ".mlmodel"};
bool is_replaced(const fs::path& file) {
  const std::string name = file.string();
  return std::ranges::find(kQuantizationConfigs, name) != std::end(kQuantizationConfigs) ||
         (name.find(".index") != name.npos && name.ends_with(".json"));
}

bool is_hidden(const fs::path& file) {
  return std::ranges::any_of(file,
                             [](const fs::path& part) { return part.string().starts_with('.'); });
}

}  // namespace

Places places_of(const std::string& in, const std::string& out) {
  Places places{.in = without_slash(in), .out = without_slash(out), .folder = true};
  if (!fs::exists(places.in)) fail(fs::path(in), "no such file or folder");
  if (fs::is_directory(places.in)) {
    places.index = index_in(places.in);
  } else if (places.in.extension() == ".json") {
    places.index = places.in;
    places.in = folder_of(places.in);
  } else {
    places.folder = false;
  }
  if (places.index) places.index = places.index->filename();
  check_out(places);
  return places;
}

OtherFiles other_files(const fs::path& folder) {
  OtherFiles files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path file = entry.path().lexically_relative(folder);
    if (!entry.is_regular_file() || is_hidden(file) || is_replaced(file)) continue;
    const bool weights =
        std::ranges::find(kWeights, file.extension().string()) != std::end(kWeights);
    (weights ? files.left_out : files.copied).push_back(file);
  }
  std::ranges::sort(files.copied);
  std::ranges::sort(files.left_out);
  return files;
}

std::int64_t bytes_beside(const Places& places) {
  std::int64_t bytes = 0;
  if (!places.folder) return bytes;
  for (const fs::path& file : other_files(places.in).copied) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(places.in / file, error);
    if (!error) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

void check_space(const fs::path& out, std::int64_t bytes) {
  const fs::space_info space = fs::space(folder_of(out));
  if (static_cast<std::uintmax_t>(bytes) > space.available)
    fail(out,
         fmt::format("takes {}, and its disk has {} left", bytes_text(static_cast<double>(bytes)),
                     bytes_text(static_cast<double>(space.available))));
}

NewFolder::NewFolder(fs::path place)
    : place_(std::move(place)), path_(name_of_unfinished(place_.string())) {
  remove_abandoned(place_.string());
  std::error_code error;
  if (!fs::create_directory(path_, error))
    fail(place_, "cannot be made: " + (error ? error.message() : path_.string() + " is there"));
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ >= 0) lock_unfinished(lock_);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void NewFolder::keep() {
  std::error_code error;
  fs::rename(path_, place_, error);
  if (error) fail(place_, "cannot be made: " + error.message());
  kept_ = true;
}

}  // namespace qbench
