// SPDX-License-Identifier: Apache-2.0
// Inputs that are kept from case to case: whatever was asked for before, a case gets its own.
#include "suites/inputs/inputs.h"

#include <cstring>
#include <functional>

#include "tests/catch.h"
#include "tests/harness/fakes.h"
#include "tests/suites/checkpoints/checkpoints.h"

namespace qbench {
namespace {

using namespace test;

// Makes a case another one that differs in one property alone.
struct Change {
  const char* what;
  std::function<void(Case&)> make;
};

Case case_of(Op op) {
  Case c = small_case(reference_kernel(Op::matmul));
  c.suite = &*std::ranges::find(all_suites(), op, &Suite::op);
  c.kernel = &reference_kernel(op);
  c.shape = {operation(op).has_x ? 5 : 0, 12, 256};
  c.rank = operation(op).has_adapter ? 4 : 0;
  return c;
}

// Everything that a case may ask for, as bytes.
std::string all_of(const Case& c, Inputs& inputs) {
  std::string bytes;
  const auto add = [&](const auto& values) {
    const auto* first = reinterpret_cast<const char*>(values.data());
    bytes.append(first, values.size() * sizeof values[0]).append("|");
  };
  const Operands operands = inputs.operands(c);
  add(operands.weights->values);
  add(operands.quantized->codes);
  add(operands.quantized->scales.numbers);
  add(std::vector{inputs.weight_error(c).nmse(), inputs.weight_error(c).largest});
  if (!c.operation().has_x) return bytes;
  add(operands.x->values);
  add(inputs.exact(c).values);
  add(inputs.expected(c).value.values);
  add(inputs.hold_expected(c)->bound.values);
  if (c.operation().has_adapter) {
    add(operands.adapter->a.values);
    add(operands.adapter->b.values);
  }
  if (c.operation().makes_gradients) {
    add(operands.g->values);
    add(inputs.expected_adapter(c).a.value.values);
    add(inputs.expected_adapter(c).b.bound.values);
  }
  return bytes;
}

// Asked for after another case, a case gets the same as when it is asked for alone.
void check_own(const Case& before, const Case& c, const Checkpoint* checkpoint = nullptr) {
  Inputs alone(checkpoint), shared(checkpoint);
  const std::string first = all_of(before, shared), right = all_of(c, alone);
  CAPTURE(before.id(), c.id());
  CHECK(first != right);  // else it would not show which of them a case was given
  CHECK((all_of(c, shared) == right));
  CHECK((all_of(before, shared) == first));
}

}  // namespace

TEST_CASE("what was kept for a case is not given to one that differs in anything") {
  const Change changes[] = {{"mode", [](Case& c) { c.mode = find_mode("fp4"); }},
                            {"block size", [](Case& c) { c.block_size = 128; }},
                            {"rows", [](Case& c) { c.shape.n = 13; }},
                            {"columns", [](Case& c) { c.shape.k = 320; }},
                            {"n and k", [](Case& c) { std::swap(c.shape.n, c.shape.k); }},
                            {"distribution", [](Case& c) { c.input = Input::outliers; }},
                            {"seed", [](Case& c) { c.seed = 2; }}};
  for (const Op op : {Op::roundtrip, Op::matmul, Op::lora_forward, Op::lora_backward})
    for (const Change& change : changes) {
      Case c = case_of(op);
      change.make(c);
      CAPTURE(change.what);
      check_own(case_of(op), c);
    }
}

TEST_CASE("activations that were kept are of the case's rows and dtype") {
  Case taller = case_of(Op::matmul), coarser = taller;
  taller.shape.m = 7;
  coarser.dtype = Dtype::bf16;
  Case base = case_of(Op::matmul);
  base.dtype = Dtype::fp16;
  taller.dtype = Dtype::fp16;
  check_own(base, taller);
  check_own(base, coarser);
}

TEST_CASE(
    "adapters and gradients that were kept are of the case's rank, rows, dtype and operation") {
  const Change changes[] = {{"rank", [](Case& c) { c.rank = 5; }},
                            {"rows of x", [](Case& c) { c.shape.m = 7; }},
                            {"dtype", [](Case& c) { c.dtype = Dtype::fp16; }}};
  for (const Op op : {Op::lora_forward, Op::lora_backward})
    for (const Change& change : changes) {
      Case c = case_of(op);
      change.make(c);
      CAPTURE(change.what);
      check_own(case_of(op), c);
    }
  check_own(case_of(Op::lora_forward), case_of(Op::lora_backward));
  check_own(case_of(Op::matmul), case_of(Op::lora_forward));
}

TEST_CASE("inputs that are made for a mode are not given to another mode") {
  for (const Input input : {Input::boundaries, Input::scales})
    for (const char* mode : {"fp4", "int4", "nf4-dq"}) {
      Case one = case_of(Op::roundtrip);
      one.input = input;
      Case other = one;
      other.mode = find_mode(mode);
      other.block_size = other.mode->block_size;
      CAPTURE(name(input), mode);
      check_own(one, other);
    }
}

TEST_CASE("weights that are quantized from a dtype are numbers of it, those of a round trip f32") {
  Case fp32 = case_of(Op::quantize), bf16 = fp32;
  fp32.dtype = Dtype::fp32;
  bf16.dtype = Dtype::bf16;
  check_own(fp32, bf16);
}

TEST_CASE("one tensor is not given for another of the same shape") {
  const TestFolder folder;
  std::string numbers;
  for (int i = 0; i < 2 * 12 * 64; ++i) {
    const float value = static_cast<float>(i % 37) - (i < 12 * 64 ? 5.0f : 20.0f);
    numbers.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  folder.write(
      "two.safetensors",
      safetensors_bytes(R"({"a":{"dtype":"F32","shape":[12,64],"data_offsets":[0,3072]},)"
                        R"("b":{"dtype":"F32","shape":[12,64],"data_offsets":[3072,6144]}})",
                        numbers));
  const Checkpoint checkpoint({folder / "two.safetensors"}, {});
  for (const Op op : {Op::roundtrip, Op::matmul}) {
    Case a = case_of(op), b;
    a.shape = {a.shape.m, 12, 64};
    a.tensor = RealTensor{.name = "a", .shape = {12, 64}};
    b = a;
    b.tensor->name = "b";
    check_own(a, b, &checkpoint);
  }
}

TEST_CASE("cases share weights where suite, shape, distribution, seed and tensor are the same") {
  const Case c = case_of(Op::matmul);
  const Change same[] = {{"mode", [](Case& o) { o.mode = find_mode("int8"); }},
                         {"block size", [](Case& o) { o.block_size = 128; }},
                         {"dtype", [](Case& o) { o.dtype = Dtype::fp32; }}};
  const Change other[] = {{"suite", [](Case& o) { o.suite = find_suite("roundtrip"); }},
                          {"m", [](Case& o) { o.shape.m = 6; }},
                          {"n", [](Case& o) { o.shape.n = 13; }},
                          {"k", [](Case& o) { o.shape.k = 320; }},
                          {"distribution", [](Case& o) { o.input = Input::uniform; }},
                          {"seed", [](Case& o) { o.seed = 2; }},
                          {"tensor", [](Case& o) {
                             o.tensor = RealTensor{.name = "a", .shape = {12, 256}};
                           }}};
  for (const bool shares : {true, false})
    for (const Change& change : shares ? std::span<const Change>(same) : other) {
      Case changed = c;
      change.make(changed);
      CAPTURE(change.what);
      CHECK(share_weights(c, changed) == shares);
    }
}

}  // namespace qbench
