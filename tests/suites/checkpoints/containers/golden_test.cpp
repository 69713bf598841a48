// SPDX-License-Identifier: Apache-2.0
// Checkpoints as others write them: they mean the weights that their writers meant, and are written
// again to the same bytes.
#include "tests/golden.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "reference/reference.h"
#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/safetensors/safetensors_writer.h"
#include "suites/checkpoints/tensors/stored_tensor.h"
#include "suites/checkpoints/tensors/tensor_scope.h"
#include "tests/catch.h"
#include "tests/suites/checkpoints/containers/modules.h"
#include "tests/suites/checkpoints/stored_mode.h"
#include "tests/suites/checkpoints/test_folder.h"

using namespace qbench;
using namespace qbench::test;

namespace {

const char* const kAbsent = "there is no ../shared/containers_golden";
constexpr std::size_t kFolders = 18;

std::vector<std::string> folders() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(kShared + "containers_golden"))
    if (entry.is_directory())
      all.push_back("containers_golden/" + entry.path().filename().string());
  std::sort(all.begin(), all.end());
  return all;
}

double nmse(const Matrix& a, const Matrix& expected) {
  double error = 0, signal = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const auto value = static_cast<double>(expected.values[i]);
    error += std::pow(static_cast<double>(a.values[i]) - value, 2);
    signal += value * value;
  }
  return error / signal;
}

// bitsandbytes' own decoded weights are rounded to bf16.
void check_weights(const Tensor& tensor, const Tensor& expected, bool through_bf16) {
  CHECK(tensor.shape == expected.shape);
  Matrix weights = to_matrix(tensor);
  if (through_bf16) reference::round_to(Dtype::bf16, weights.values);
  const Matrix theirs = to_matrix(expected);
  REQUIRE(weights.size() == theirs.size());
  const double error = nmse(weights, theirs);
  CAPTURE(error);
  CHECK(error < 1e-9);
}

std::vector<NewTensor> packed(const Tensor& tensor) {
  const StoredTensor& stored = *tensor.stored;
  return stored.container->pack(stored_weight(tensor), stored.module.name);
}

// Writes the checkpoint again, and returns its bytes.
std::string written(const Checkpoint& checkpoint) {
  std::vector<TensorHeader> headers;
  std::vector<NewTensor> made;
  for (const Tensor& tensor : checkpoint.tensors()) {
    if (tensor.stored)
      std::ranges::move(packed(tensor), std::back_inserter(made));
    else
      made.push_back({tensor.name, tensor.dtype, tensor.shape, copied(tensor.bytes)});
  }
  for (const NewTensor& tensor : made) headers.push_back({tensor.name, tensor.dtype, tensor.shape});
  const TestFolder folder;
  SafetensorsWriter writer(folder / "again.safetensors", headers, {{"format", "pt"}});
  for (const NewTensor& tensor : made) writer.write(tensor.name, tensor.bytes);
  writer.finish();
  const MappedFile file(folder / "again.safetensors");
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

void check_written(const std::string& file) {
  const Golden golden(file);
  const Checkpoint checkpoint({kShared + file});
  const std::string again = written(checkpoint);
  CHECK(same_bytes(std::as_bytes(std::span(again)), golden.file()));
}

}  // namespace

TEST_CASE("checkpoints of every layout mean the weights that their writers meant") {
  if (absent("containers_golden")) QBENCH_SKIP(kAbsent);
  REQUIRE(folders().size() == kFolders);
  for (const std::string& folder : folders()) {
    CAPTURE(folder);
    const Golden expected(folder + "/expected.safetensors");
    const Checkpoint checkpoint({kShared + folder + "/model.safetensors"});
    for (const Tensor& weights : expected.tensors()) {
      CAPTURE(weights.name);
      const Tensor* tensor = checkpoint.find(weights.name);
      REQUIRE(tensor != nullptr);
      REQUIRE(tensor->unusable() == "");
      check_weights(*tensor, weights, folder.find("bnb_") != folder.npos);
    }
  }
}

TEST_CASE("planes beside codes are no tensors of their own") {
  if (absent("containers_golden")) QBENCH_SKIP(kAbsent);
  for (const std::string& folder : folders()) {
    CAPTURE(folder);
    const Checkpoint checkpoint({kShared + folder + "/model.safetensors"});
    for (const Tensor& tensor : checkpoint.tensors()) {
      CAPTURE(tensor.name);
      CHECK(why_not_in_totals(tensor) != "scale");
      CHECK(tensor.unusable() == "");
    }
  }
}

TEST_CASE("checkpoints are packed again to the bytes of their files") {
  if (absent("containers_golden")) QBENCH_SKIP(kAbsent);
  for (const std::string& folder : folders()) {
    CAPTURE(folder);
    check_written(folder + "/model.safetensors");
  }
}

TEST_CASE("bitsandbytes' checkpoint of nf4, fp4 and int8 is read, and written again") {
  if (absent("bitsandbytes_golden")) QBENCH_SKIP("there is no ../shared/bitsandbytes_golden");
  const std::string file = "bitsandbytes_golden/checkpoint.safetensors";
  const Checkpoint checkpoint({kShared + file});
  const Golden unquantized("bitsandbytes_golden/checkpoint_unquantized.safetensors");
  for (const std::string name : {"nf4", "nf4_dq", "fp4", "fp4_dq"}) {
    const Tensor* tensor = checkpoint.find("model.layers.0." + name + ".weight");
    REQUIRE(tensor != nullptr);
    const Matrix weights = to_matrix(*tensor);
    const double error = nmse(weights, unquantized.matrix(tensor->name));
    CAPTURE(name, error);
    CHECK((error > 0.005 && error < 0.02));
    REQUIRE(stored_mode(*tensor) != nullptr);
    std::string mode(stored_mode(*tensor)->name);
    std::replace(mode.begin(), mode.end(), '-', '_');
    CHECK(mode == name);
  }
  CHECK(stored_mode(*checkpoint.find("model.layers.0.int8.weight"))->name == "int8");
  check_written(file);
}

TEST_CASE("a stored weight knows the mode whose format it has") {
  if (absent("containers_golden")) QBENCH_SKIP(kAbsent);
  const std::vector<std::pair<std::string, std::string>> modes = {
      {"awq_gemm", "int4"},       {"ct_nvfp4", "nvfp4"},      {"modelopt_nvfp4", "nvfp4"},
      {"ct_mxfp4", "mxfp4"},      {"gpt_oss_mxfp4", "mxfp4"}, {"deepseek_fp8", "fp8-128x128"},
      {"bnb_storage_f16", "nf4"}, {"gptq4_v1", ""},           {"ct_fp8_channel", ""}};
  for (const auto& [folder, mode] : modes) {
    CAPTURE(folder);
    const Checkpoint checkpoint(
        {kShared + "containers_golden/" + folder + "/model.safetensors:proj(\\.weight)?$"});
    const Mode* stored = stored_mode(checkpoint.tensors()[0]);
    CHECK((stored == nullptr ? "" : std::string(stored->name)) == mode);
  }
}
