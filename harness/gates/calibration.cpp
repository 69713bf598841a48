// SPDX-License-Identifier: Apache-2.0
// The file of a calibration: a ledger of standard deviations.
#include "harness/gates/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "harness/environment.h"
#include "harness/gates/revisions.h"
#include "reports/report.h"

namespace qbench {
namespace {

constexpr double kLeast = 0.03, kDeviations = 3;
constexpr const char* kDeviation = "sd";  // of ln(new / old), of medians of 60 pairs

// Machines of one name are taken for equal: CI's are, whatever their host names.
std::string machine_name() {
  std::string name;
  for (const auto& [key, value] : environment(0, 0))
    if (key == "cpu" || key == "cores" || key == "gpu") name += (name.empty() ? "" : "-") + value;
  std::string plain;
  for (const char c : name) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c));
    if (letter || (!plain.empty() && plain.back() != '-')) plain += letter ? c : '-';
  }
  return plain;
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

double Calibration::least(const std::string& subject) const {
  const auto entry = entries_.find(subject);
  if (entry == entries_.end()) return kLeast;
  const auto deviation = entry->second.find(kDeviation);
  if (deviation == entry->second.end()) return kLeast;
  return std::max(kLeast,
                  std::expm1(kDeviations * std::strtod(deviation->second.c_str(), nullptr)));
}

double Calibration::threshold(const std::string& subject, std::optional<double> wish) const {
  const double least = this->least(subject);
  if (wish && !(*wish >= least))
    throw std::invalid_argument(fmt::format(
        "a threshold of {:.3g} % is finer than the {:.3g} % that this machine can tell for {}: "
        "give that, or leave it out{}",
        100 * *wish, 100 * least, subject,
        knows(subject) ? "" : "; qbench ab --calibrate measures what it is"));
  return wish.value_or(least);
}

void Calibration::set(const std::string& subject, double standard_deviation, int medians) {
  entries_[subject] = {{kDeviation, fmt::format("{:.6f}", standard_deviation)},
                       {"medians", fmt::format("{}", medians)}};
}

void Calibration::save() const {
  write_file(file_, ledger_text(entries_, "What `qbench ab --calibrate` found on this machine."));
}

}  // namespace qbench
