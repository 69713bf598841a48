// SPDX-License-Identifier: Apache-2.0
// Groups tensors by module, and decides which modules are quantized weights.
#include "suites/checkpoints/tensors/modules.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "reports/text/text.h"
#include "suites/checkpoints/containers/parts.h"
#include "suites/checkpoints/tensors/stored_tensor.h"

namespace qbench {
namespace {

bool is_float(const Tensor& tensor) {
  return tensor.dtype == "F32" || tensor.dtype == "F16" || tensor.dtype == "BF16" ||
         tensor.dtype == "F64";
}

std::string weight_name(const std::string& module, const std::set<std::string>& parts) {
  const bool experts = parts.contains("_blocks") || parts.contains("blocks") || parts.contains("");
  return experts ? module : tensor_name(module, "weight");
}

// True if the module has a weight of floats, or none at all: then its parts explain nothing.
bool is_plain(const Module& module) {
  if (container_of(module) != nullptr) return false;
  for (const char* codes : {"qweight", "weight_packed", "_blocks", "blocks", "weight", ""})
    if (const Tensor* found = module.find(codes)) return is_float(*found);
  return true;
}

class Assembly {
 public:
  Assembly(std::vector<Tensor> tensors, std::shared_ptr<const QuantizationConfig> config,
           const std::map<std::string, std::string>& names)
      : tensors_(std::move(tensors)), config_(std::move(config)), names_(names) {
    for (const Tensor& tensor : tensors_)
      if (names_.contains(tensor.name)) add(tensor);
    find_refused();
  }

  std::vector<Tensor> take() {
    std::vector<Tensor> whole;
    for (Tensor& tensor : tensors_) {
      const auto weight = names_.find(tensor.name);
      const auto module = modules_.find(part_name(tensor.name).module);
      if (weight == names_.end() || is_plain(module->second))
        whole.push_back(alone(std::move(tensor)));
      else if (made_.insert(module->first).second)
        whole.push_back(stored_tensor(weight->second, module->second));
    }
    return whole;
  }

 private:
  void add(const Tensor& tensor) {
    const PartName name = part_name(tensor.name);
    Module& module = modules_[name.module];
    module.name = name.module;
    module.config = config_;
    const auto [first, is_new] = module.parts.emplace(name.part, tensor);
    if (!is_new)
      throw std::runtime_error("tensor " + in_quotes(tensor.name) + " is both in " +
                               in_quotes(first->second.file) + " and in " + in_quotes(tensor.file) +
                               ": select one of them");
  }

  static std::string prefix(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == name.npos ? "" : name.substr(0, dot);
  }

  // A layout that is refused by name has parts of any name, codes among them that are no floats.
  void find_refused() {
    if (!config_) return;
    for (const Tensor& tensor : tensors_)
      if (!tensor.stored && !is_float(tensor) && !names_.contains(tensor.name) &&
          !config_->refused(prefix(tensor.name)).empty())
        refused_.insert(prefix(tensor.name));
  }

  // A tensor that is no part of others.
  Tensor alone(Tensor tensor) const {
    if (tensor.stored) return tensor;
    if (!refused_.contains(prefix(tensor.name)) || tensor.name.ends_with("bias")) return tensor;
    auto stored = std::make_shared<StoredTensor>();
    stored->problem = config_->refused(prefix(tensor.name));
    tensor.stored = std::move(stored);
    return tensor;
  }

  std::vector<Tensor> tensors_;
  std::shared_ptr<const QuantizationConfig> config_;
  const std::map<std::string, std::string>& names_;
  std::map<std::string, Module> modules_;  // those of quantized weights
  std::set<std::string> refused_;          // modules of a layout that is refused
  std::set<std::string> made_;             // modules whose weight is made
};

}  // namespace

std::map<std::string, std::string> weight_names(const std::vector<std::string>& names) {
  std::map<std::string, std::set<std::string>> parts;
  for (const std::string& name : names)
    if (const PartName of = part_name(name); !of.part.empty()) parts[of.module].insert(of.part);
  // The codes of experts that are one parameter have the name of the module.
  for (const std::string& name : names)
    if (const auto module = parts.find(name);
        module != parts.end() && module->second.contains(kExpertsScale))
      module->second.insert("");
  std::map<std::string, std::string> weights;
  for (const std::string& name : names) {
    const PartName of = part_name(name);
    const auto module = parts.find(of.module);
    if (module == parts.end() || !module->second.contains(of.part)) continue;
    const std::set<std::string>& all = module->second;
    if (all.contains("") || std::any_of(all.begin(), all.end(), tells_of_quantization))
      weights.emplace(name, weight_name(of.module, all));
  }
  return weights;
}

std::vector<Tensor> assembled(
    std::vector<Tensor> tensors,
    const std::function<std::shared_ptr<const QuantizationConfig>()>& config) {
  std::vector<std::string> names;
  bool explained = false;
  for (const Tensor& tensor : tensors) {
    if (!tensor.stored) names.push_back(tensor.name);
    explained = explained || (!tensor.stored && !is_float(tensor));
  }
  const std::map<std::string, std::string> weights = weight_names(names);
  return Assembly(std::move(tensors), explained ? config() : nullptr, weights).take();
}

}  // namespace qbench
