// SPDX-License-Identifier: Apache-2.0
// The stages of the verb: what becomes of each tensor, the sizes of files, the files themselves.
#include "harness/convert/convert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "harness/convert/model_files.h"
#include "harness/convert/out_file.h"
#include "harness/convert/places.h"
#include "harness/convert/summary.h"
#include "harness/output/progress.h"
#include "harness/process/interrupt.h"
#include "harness/run/environment.h"
#include "harness/run/real_weights.h"
#include "reference/simd/parallel.h"
#include "reports/text/text.h"
#include "suites/checkpoints/network_files.h"

namespace qbench {
namespace {

struct Interrupted : std::exception {};

void stop_if_interrupted() {
  if (interrupted()) throw Interrupted();
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw std::runtime_error(fmt::format("cannot make {}: {}", folder.string(), error.message()));
}

FileKind only_kind(const Checkpoint& checkpoint, const Target& target) {
  const std::vector<std::string> files = files_of(checkpoint.tensors());
  const FileKind kind = kind_of_file(files.front());
  if (std::ranges::find(target.files, kind) == target.files.end())
    throw std::runtime_error(fmt::format("{}: --container {} is of {} files", files.front(),
                                         target.name,
                                         kind == FileKind::gguf ? "safetensors" : "GGUF") +
                             (kind == FileKind::gguf ? ": give gguf or dequantized"
                                                     : ": give bitsandbytes or dequantized"));
  return kind;
}

class Conversions {
 public:
  explicit Conversions(const Options& options)
      : target_(*options.convert.target),
        places_(places_of(options.weights.front(), options.convert.out)),
        checkpoint_(options.weights, {.min_rank = 0, .layouts = options.tensor_rules.layouts}),
        kind_(only_kind(checkpoint_, target_)),
        conversions_(conversions_of(checkpoint_, options, kind_)),
        quiet_(options.quiet) {
    sort_into_files();
    if (!places_.folder && files_.size() > 1)
      throw std::runtime_error(options.weights.front() + ": is a part of a model of " +
                               std::to_string(files_.size()) +
                               " files: give the folder that they are in");
    check_suffix();
  }

  int run() {
    tell_layouts(checkpoint_);
    find_headers();
    check_space(places_.out, bytes() + bytes_beside(places_));
    write();
    fmt::print("{}", summary_.text(printable(places_.out.string()), target_, bytes()));
    const bool in_a_config = places_.folder && std::filesystem::exists(places_.out / "config.json");
    if (!in_a_config && !config().empty())
      fmt::print(stderr, "qbench: its config.json needs \"quantization_config\": {}\n", config());
    return 0;
  }

 private:
  // Tensors of a GGUF file are written in the order of its list, which may not be that of offsets.
  void sort_into_files() {
    for (const Conversion& conversion : conversions_) {
      const std::string& source = conversion.tensor->file;
      auto file = std::ranges::find(files_, source, &OutFile::source);
      if (file == files_.end())
        file = files_.insert(
            file, OutFile{.source = source, .kind = kind_, .conversions = {}, .headers = {}});
      file->conversions.push_back(conversion);
    }
    for (OutFile& file : files_)
      if (kind_ == FileKind::gguf) sort_as_listed(file);
  }

  void check_suffix() const {
    const char* suffix = kind_ == FileKind::gguf ? ".gguf" : ".safetensors";
    const bool has = places_.out.extension() == suffix;
    if (!places_.folder && !has)
      throw std::runtime_error(fmt::format("{}: name it {}, as what is in it", places_.out.string(),
                                           places_.out.filename().string() + suffix));
    if (places_.folder && has)
      throw std::runtime_error(fmt::format("{}: a folder is made of a folder: leave out '{}'",
                                           places_.out.string(), suffix));
  }

  void find_headers() {
    for (OutFile& file : files_)
      for (const Conversion& conversion : file.conversions) {
        stop_if_interrupted();
        const std::vector<TensorHeader> headers = headers_of(conversion, target_, kind_);
        file.headers.insert(file.headers.end(), headers.begin(), headers.end());
      }
  }

  std::int64_t bytes() const {
    std::int64_t sum = 0;
    for (const OutFile& file : files_) sum += file.bytes();
    return sum;
  }

  std::string config() const { return quantization_config_of(conversions_, target_); }

  void write() {
    Progress progress(conversions_.size(), quiet_, conversions_.size() / 20 + 1);
    const auto begin = [&](const Conversion& conversion) {
      stop_if_interrupted();
      progress.begin(conversion.tensor->name);
    };
    const auto written = [&](const Conversion& conversion, const ErrorSums& error) {
      summary_.add(conversion, error);
    };
    if (!places_.folder) return write_out(files_.front(), places_.out, target_, begin, written);
    NewFolder folder(places_.out);
    for (const OutFile& file : files_) {
      const auto path = folder.path() / name_in_folder(file, places_);
      make_folder(path.parent_path());
      write_out(file, path, target_, begin, written);
    }
    write_model_files(places_, folder.path(), files_, config());
    folder.keep();
  }

  const Target& target_;
  Places places_;
  Checkpoint checkpoint_;
  FileKind kind_;
  std::vector<Conversion> conversions_;
  bool quiet_;
  std::vector<OutFile> files_;
  Summary summary_;
};

}  // namespace

int run_convert(const Options& options) {
  return_freed_buffers();
  if (options.threads > 0) reference::set_thread_count(options.threads);
  try {
    return Conversions(options).run();
  } catch (const Interrupted&) {
    return kInterruptedExit;
  }
}

}  // namespace qbench
