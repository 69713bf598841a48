// SPDX-License-Identifier: Apache-2.0
// Small networks in files, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/model/network/network.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/inputs/distributions.h"
#include "suites/mode_sets.h"
#include "tests/suites/checkpoints/safetensors/safetensors_bytes.h"
#include "tests/suites/checkpoints/test_folder.h"

namespace qbench::test {

struct NamedMatrix {
  std::string name;
  Matrix values;
};

// F32 matrices, a vector and an embedding beside the layers.
inline std::string file_of(const std::vector<NamedMatrix>& tensors) {
  std::string header, data;
  for (const auto& [name, values] : tensors) {
    const std::size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(values.values.data()), values.values.size() * 4);
    const std::string shape = values.rows == 1
                                  ? std::to_string(values.cols)
                                  : std::to_string(values.rows) + "," + std::to_string(values.cols);
    header += (header.empty() ? "\"" : ",\"") + name + R"(":{"dtype":"F32","shape":[)" + shape +
              R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(data.size()) +
              "]}";
  }
  return safetensors_bytes("{" + header + "}", data);
}

// Four linear layers, of which the second has outliers, an embedding, a head and a norm.
inline std::vector<NamedMatrix> small_network() {
  std::vector<NamedMatrix> tensors;
  tensors.push_back({"model.embed_tokens.weight", make_weights(Input::normal, 64, 128, 9)});
  for (int layer = 0; layer < 4; ++layer)
    tensors.push_back({"model.layers." + std::to_string(layer) + ".mlp.up_proj.weight",
                       make_weights(layer == 1 ? Input::outliers : Input::normal, 96, 256,
                                    static_cast<std::uint64_t>(layer + 1))});
  tensors.push_back({"model.norm.weight", make_weights(Input::normal, 1, 128, 7)});
  tensors.push_back({"lm_head.weight", make_weights(Input::normal, 64, 128, 8)});
  return tensors;
}

class SmallNetwork {
 public:
  explicit SmallNetwork(const std::vector<NamedMatrix>& tensors = small_network()) {
    folder_.write("model.safetensors", file_of(tensors));
  }
  std::string file() const { return folder_ / "model.safetensors"; }
  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  TestFolder folder_;
};

inline std::vector<Candidate> candidates(const std::vector<std::string>& modes) {
  Sweep sweep;
  sweep.modes = qbench::modes_of(modes);
  std::vector<std::string> left_out;
  return candidates_of(sweep, left_out);
}

}  // namespace qbench::test
