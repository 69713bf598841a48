// SPDX-License-Identifier: Apache-2.0
// The file of a calibration: a ledger of standard deviations.
#include "harness/gates/ab/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "harness/gates/ab/revisions.h"
#include "harness/run/environment.h"
#include "kernels/device/cuda_device.h"
#include "reports/file.h"

namespace qbench {
namespace {

constexpr double kLeast = 0.03, kDeviations = 3;
constexpr const char* kDeviation = "sd";  // of medians of ln(new / old) over 60 pairs

// Reduces a text to letters and digits, joined by dashes and short enough for a file name.
std::string plain(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c));
    if (letter || (!name.empty() && name.back() != '-')) name += letter ? c : '-';
  }
  name.resize(std::min<std::size_t>(name.size(), 120));
  while (name.ends_with('-')) name.pop_back();
  return name;
}

// Machines of one name count as equal: those of CI are, whatever their host names.
std::string machine_name() {
  std::string name;
  for (const auto& [key, value] : environment(0, 0))
    if (key == "cpu" || key == "cores") name += value + "-";
  const std::vector<CudaDevice> gpus = cuda_status().devices;
  if (!gpus.empty()) name += fmt::format("{}-{}", gpus.size(), gpus.front().name);
  return plain(name);
}

std::string file_of_machine() {
  const std::filesystem::path folder = std::filesystem::path(cache_folder()) / "calibration";
  std::filesystem::create_directories(folder);
  return (folder / (machine_name() + ".txt")).string();
}

}  // namespace

Calibration::Calibration() : Calibration(file_of_machine()) {}

Calibration::Calibration(std::string file) : file_(std::move(file)) {
  if (std::filesystem::exists(file_)) entries_ = read_ledger(file_);
}

double Calibration::least(const RowKey& key) const {
  const auto entry = entries_.find(key.text);
  if (entry == entries_.end()) return kLeast;
  const auto deviation = entry->second.find(kDeviation);
  if (deviation == entry->second.end()) return kLeast;
  return std::max(kLeast,
                  std::expm1(kDeviations * std::strtod(deviation->second.c_str(), nullptr)));
}

double Calibration::threshold(const RowKey& key, std::optional<double> wish) const {
  const double least = this->least(key);
  if (wish && !(*wish >= least))
    throw std::invalid_argument(fmt::format(
        "a threshold of {:.3g} % is finer than the {:.3g} % that this machine can tell for {}: "
        "give that, or leave it out{}",
        100 * *wish, 100 * least, key.subject,
        knows(key) ? "" : "; qbench ab --calibrate measures what it is"));
  return wish.value_or(least);
}

void Calibration::set(const RowKey& key, double standard_deviation, std::size_t medians) {
  entries_[key.text] = {{kDeviation, fmt::format("{:.6f}", standard_deviation)},
                        {"medians", fmt::format("{}", medians)}};
}

void Calibration::save() const {
  write_file(file_, ledger_text(entries_, "What `qbench ab --calibrate` found on this machine."));
}

}  // namespace qbench
