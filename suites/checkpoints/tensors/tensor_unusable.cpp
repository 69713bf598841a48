// SPDX-License-Identifier: Apache-2.0
// Groups tensors by the reason why they cannot be used.
#include "suites/checkpoints/tensors/tensor_unusable.h"

#include <algorithm>
#include <utility>

#include "reports/text/text.h"

namespace qbench {

std::string some_of(const std::vector<std::string>& names, std::size_t most) {
  // A single remaining name is shown rather than counted.
  const std::size_t shown = names.size() == most + 1 ? names.size() : std::min(names.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size() && i > 0;
    text += (i == 0 ? "" : last ? " and " : ", ") + in_quotes(names[i]);
  }
  return text +
         (shown < names.size() ? " and " + std::to_string(names.size() - shown) + " more" : "");
}

std::string unusable_noun(const Tensor& tensor) {
  const bool of_dtype = !tensor.stored && tensor.rows() * tensor.cols() > 0;
  return of_dtype ? "dtype " + tensor.dtype : tensor.unusable();
}

std::string why_unusable_of(const std::vector<Tensor>& tensors) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;  // in order of appearance
  for (const Tensor& tensor : tensors) {
    const std::string reason = tensor.unusable();
    if (reason.empty()) continue;
    auto found = std::find_if(reasons.begin(), reasons.end(),
                              [&](const auto& known) { return known.first == reason; });
    if (found == reasons.end()) found = reasons.insert(found, {reason, {}});
    found->second.push_back(tensor.name);
  }
  std::string text;
  for (const auto& [reason, names] : reasons)
    text += (text.empty() ? "" : "; ") + reason + " (" + some_of(names, 2) + ")";
  return text;
}

}  // namespace qbench
