// SPDX-License-Identifier: Apache-2.0
// Ceilings: trials that are verified and timed like kernels.
#include "harness/measure/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "kernels/device_kernels.h"

namespace qbench {
namespace {

std::optional<double>& figure(Ceilings& ceilings, std::string_view name) {
  if (name == "copy") return ceilings.copy;
  if (name == "read") return ceilings.read;
  return name == "bf16" ? ceilings.bf16 : ceilings.s8;
}

double speed(CeilingTrial& trial, const Sampling& sampling) {
  const std::unique_ptr<Replay> replay = trial.replay();
  replay->sample(1);
  if (const std::string why = trial.wrong(); !why.empty()) throw std::runtime_error(why);
  return trial.work() / measure(*replay, sampling).median;
}

Ceilings measured(DeviceId device) {
  if (device.kind != DeviceKind::cuda) return {};
  try {
    return measure_ceilings(cuda::ceilings(device.index));
  } catch (const std::exception& error) {
    return {.copy = {}, .read = {}, .bf16 = {}, .s8 = {}, .missing = error.what()};
  }
}

// 0 without work; absent if the ceiling is unknown.
std::optional<double> seconds_at(std::optional<double> ceiling, std::optional<double> work) {
  if (!work || *work == 0) return 0.0;
  if (!ceiling) return {};
  return *work / *ceiling;
}

}  // namespace

Ceilings measure_ceilings(const CeilingTrials& trials, const Sampling& sampling) {
  Ceilings out;
  for (const auto& trial : trials) try {
      figure(out, trial->name()) = speed(*trial, sampling);
    } catch (const std::exception& error) {
      out.missing +=
          fmt::format("{}{}: {}", out.missing.empty() ? "" : "; ", trial->name(), error.what());
    }
  return out;
}

const Ceilings& ceilings_of(DeviceId device) {
  static std::map<DeviceId, Ceilings> known;
  const auto found = known.find(device);
  return found != known.end() ? found->second : known[device] = measured(device);
}

std::string to_text(const Ceilings& ceilings) {
  std::string out;
  const auto add = [&](const char* name, std::optional<double> figure, const char* unit) {
    if (figure) out += fmt::format("{}{} {:.4g} {}", out.empty() ? "" : ", ", name, *figure, unit);
  };
  add("copy", ceilings.copy, "bytes_per_second");
  add("read", ceilings.read, "bytes_per_second");
  add("bf16", ceilings.bf16, "flops_per_second");
  add("s8", ceilings.s8, "flops_per_second");
  if (ceilings.missing.empty()) return out;
  return out + (out.empty() ? "" : ", ") + "not measured: " + ceilings.missing;
}

std::optional<double> roofline_fraction(const Ceilings& ceilings, const Case& c, const Result& r) {
  if (!r.seconds || !(*r.seconds > 0)) return {};
  const bool product = c.operation().has_x;
  const auto moving = seconds_at(product ? ceilings.read : ceilings.copy, r.bytes);
  const auto computing =
      seconds_at(c.mode->format.activations ? ceilings.s8 : ceilings.bf16, r.flops);
  if (!moving || !computing || !(*moving + *computing > 0)) return {};
  return std::max(*moving, *computing) / *r.seconds;
}

void add_ceilings(Environment& environment, const std::vector<Case>& cases) {
  std::set<DeviceId> devices;
  for (const Case& c : cases)
    if (c.skip.empty() && c.device.kind == DeviceKind::cuda) devices.insert(c.device);
  for (const DeviceId device : devices)
    environment.emplace_back("ceilings " + to_text(device), to_text(ceilings_of(device)));
}

}  // namespace qbench
