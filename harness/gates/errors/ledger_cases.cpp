// SPDX-License-Identifier: Apache-2.0
// Turns ids of a ledger back into cases, if their devices and weights are available.
#include "harness/gates/errors/ledger_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "harness/gates/errors/restriction.h"
#include "kernels/device/cuda_device.h"
#include "reports/findings/finding_groups.h"

namespace qbench {
namespace {

bool is_here(DeviceId device, const KernelTable& kernels) {
  if (device.kind == DeviceKind::cuda && cuda_status().devices.empty()) return false;
  return std::ranges::find(kernels, device.kind, &Kernel::device) != kernels.end();
}

// True if the id names a kind of device that this qbench does not know.
bool names_unknown_device(std::string_view id) {
  const std::string_view device = id_part(id, "device");
  return !device.empty() && !parse_device(device);
}

bool takes_all_tensors(const Options& options) {
  const TensorRules& rules = options.tensor_rules;
  const auto exists = [](const std::string& path) { return std::filesystem::exists(path); };
  return std::ranges::all_of(options.weights, exists) && !rules.linear_only &&
         rules.exclude.empty() && rules.min_rank == 0;
}

// Replaces the wanted tensor by that of the file. False if a pattern or rule leaves it out, so that
// it was not asked for. Throws if the file lacks it.
bool find_tensor(std::vector<RealTensor>& wanted, const Options& options) {
  const std::vector<RealTensor>& known = options.sweep.tensors;
  const auto found = std::ranges::find(known, wanted.front().name, &RealTensor::name);
  if (found != known.end()) {
    wanted = {*found};
    return true;
  }
  if (takes_all_tensors(options))
    throw std::invalid_argument(
        fmt::format("{} has no such tensor", fmt::join(options.weights, ", ")));
  return false;
}

// Throws std::invalid_argument for a case that no longer exists.
void add_case(const std::string& id, const Options& options, LedgerCases& out) {
  if (names_unknown_device(id)) {
    ++out.not_here;
    return;
  }
  Sweep sweep = sweep_of(std::string_view(id));
  if (!is_here(sweep.devices.front(), *options.kernels)) {
    ++out.not_here;
    return;
  }
  if (!sweep.tensors.empty() && options.weights.empty()) {
    ++out.unweighted;
    return;
  }
  if (!sweep.tensors.empty() && !find_tensor(sweep.tensors, options)) return;
  const std::vector<Case> all = expand(sweep, *options.kernels, cuda_status());
  const auto found = std::ranges::find(all, id, &Case::id);
  if (found == all.end()) throw std::invalid_argument("there is no such case");
  out.cases.push_back(*found);
}

}  // namespace

LedgerCases cases_of(const Ledger& ledger, const Options& options) {
  const Restriction restriction(options);
  LedgerCases out;
  bool any = false;
  for (const auto& [id, entry] : ledger) {
    if (!restriction.leaves(id)) continue;
    any = true;
    try {
      add_case(id, options, out);
    } catch (const std::invalid_argument& error) {
      out.gone.push_back({id, error.what()});
    }
  }
  if (!any && !ledger.empty())
    throw NothingToJudge(fmt::format(
        "no case of {} {}: leave that out, or record such cases with --suite and --update",
        options.gate.errors, restriction.text()));
  return out;
}

}  // namespace qbench
