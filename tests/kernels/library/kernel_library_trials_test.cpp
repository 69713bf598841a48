// SPDX-License-Identifier: Apache-2.0
// The host hands problems to the kernels of a library and takes results from them; the library of
// this test notes its calls.
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/kernel.h"
#include "kernels/library/load_library.h"
#include "reference/reference.h"
#include "suites/inputs/distributions.h"
#include "tests/catch.h"
#include "tests/kernels/example_library/probe.h"

namespace qbench {
namespace {

const std::string kFile = std::string(QBENCH_LIBRARIES) + "/probe.so";

const KernelTable& kernels() {
  static const KernelTable table = load_kernel_libraries({kFile});
  return table;
}

// The notes of the library, emptied; it stays loaded.
probe& emptied_notes() {
  void* const library = dlopen(kFile.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  probe& notes = *reinterpret_cast<decltype(&probe_notes)>(dlsym(library, "probe_notes"))();
  notes = {};
  notes.told = -1;
  return notes;
}

const Kernel& probe_kernel(Op op, std::string_view mode) {
  for (const Kernel& kernel : kernels())
    if (kernel.op == op && kernel.name == "probe-" + std::string(mode)) return kernel;
  throw std::logic_error("the library has no such kernel");
}

struct Given {
  Op op;
  const Mode& mode;
  Matrix weights, x;
  QuantizedMatrix quantized;

  // m, n and k differ, and the block size is the last that the mode allows.
  Given(Op operation, const Mode& of)
      : op(operation),
        mode(of),
        weights(make_weights(Input::normal, 5, 300, 1)),
        x(make_activations(Input::normal, 3, 300, 1)),
        quantized(reference::quantize(mode, mode.block_sizes.empty() ? 0 : mode.block_sizes.back(),
                                      weights)) {}
  Problem problem() const {
    return {.op = op,
            .mode = &mode,
            .weights = &weights,
            .quantized = &quantized,
            .x = op == Op::matmul ? &x : nullptr,
            .dtype = Dtype::bf16,
            .device_index = 4};
  }
};

constexpr std::pair<Op, const char*> kAll[] = {{Op::quantize, "nf4-dq"}, {Op::dequantize, "nf4-dq"},
                                               {Op::quantize, "int4"},   {Op::matmul, "int4"},
                                               {Op::matmul, "int8"},     {Op::dequantize, "mxfp4"}};

struct NamedPlane {
  std::string_view name;
  const Buffer<std::byte>& buffer;
};

// The planes that the matrix has, in the order in which a library is given them.
std::vector<NamedPlane> planes(const QuantizedMatrix& q) {
  std::vector<NamedPlane> found;
  for (const NamedPlane& plane : {NamedPlane{"codes", q.codes},
                                  {"scales", q.scales.numbers},
                                  {"outer", q.scales.outer},
                                  {"offset", q.scales.offset},
                                  {"zeros", q.zeros.numbers},
                                  {"zeros_outer", q.zeros.outer},
                                  {"zeros_offset", q.zeros.offset},
                                  {"order", q.order}})
    if (!plane.buffer.empty()) found.push_back(plane);
  return found;
}

void check_problem(const qbench_problem& seen, const Given& given) {
  const bool is_product = given.op == Op::matmul;
  CHECK(seen.m == (is_product ? 3 : 0));
  CHECK(seen.n == 5);
  CHECK(seen.k == 300);
  const int size = given.quantized.block_size;
  CHECK(seen.block_size == (size == kWholeTensor ? 5 * 300 : size));
  CHECK(seen.dtype == QBENCH_BF16);
  CHECK(seen.device_index == 4);
  CHECK(seen.weights == given.weights.values.data());
  CHECK(seen.x == (is_product ? given.x.values.data() : nullptr));
  const std::vector<NamedPlane> expected = planes(given.quantized);
  REQUIRE(seen.plane_count == static_cast<int>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& [name, buffer] = expected[i];
    CHECK(std::string_view(seen.planes[i].name) == name);
    const qbench_input_plane plane = qbench_plane(&seen, name.data());
    CHECK(plane.size == buffer.size());
    CHECK(plane.bytes == (given.op == Op::quantize ? nullptr : buffer.data()));
  }
  CHECK(qbench_plane(&seen, "rotation").size == 0);
}

}  // namespace

TEST_CASE("a kernel of a library is told shape, block size, type, device and every plane by name") {
  probe& notes = emptied_notes();
  for (const auto& [op, mode] : kAll) {
    CAPTURE(name(op), mode);
    const Given given(op, *find_mode(mode));
    const Kernel& kernel = probe_kernel(op, mode);
    CHECK(kernel.unsupported(given.problem()).empty());
    check_problem(notes.asked, given);
    CHECK(notes.asked.kernel->name == kernel.name);
    const auto trial = kernel.prepare(given.problem());
    check_problem(notes.given, given);
    CHECK(notes.given.kernel->operation == name(op));
    CHECK(std::string_view(notes.given.kernel->mode) == mode);
  }
  notes.refuses = 1;
  const Given given(Op::matmul, *find_mode("int8"));
  CHECK(probe_kernel(Op::matmul, "int8").unsupported(given.problem()) == "the probe is asleep");
}

TEST_CASE(
    "a trial of a library is released once, with what its prepare returned, and never where that "
    "failed") {
  probe& notes = emptied_notes();
  const Given given(Op::matmul, *find_mode("int4"));
  const Kernel& kernel = probe_kernel(Op::matmul, "int4");
  {
    const auto trial = kernel.prepare(given.problem());
    trial->run_once();
    trial->output();
    CHECK(notes.released == 0);
  }
  CHECK((notes.prepared == 1 && notes.runs == 1 && notes.outputs == 1 && notes.released == 1));
  CHECK(notes.strangers == 0);
  notes.fails = 1;
  const std::string why = "prepare of the library's kernel probe-int4: " + std::string(511, 'x');
  CHECK_THROWS_WITH(kernel.prepare(given.problem()), why);
  CHECK(notes.released == 1);
}

TEST_CASE(
    "the time that a kernel of a library reports counts, 0 too; without one that of its call") {
  probe& notes = emptied_notes();
  const Given given(Op::matmul, *find_mode("int4"));
  const auto trial = probe_kernel(Op::matmul, "int4").prepare(given.problem());
  for (const double told : {0.25, 1e-9, 0.0}) {
    notes.told = told;
    CHECK(trial->run_once() == told);
  }
  notes.told = -1;
  const double taken = trial->run_once();
  CHECK((taken > 0 && taken < 60));
}

TEST_CASE(
    "results of a library are copied into memory that holds no result, again after every run") {
  probe& notes = emptied_notes();
  int outputs = 0;
  for (const auto& [op, mode] : kAll) {
    CAPTURE(name(op), mode);
    const Given given(op, *find_mode(mode));
    const auto trial = probe_kernel(op, mode).prepare(given.problem());
    for (int run = 0; run < 2; ++run) {
      trial->run_once();
      if (op == Op::quantize) {
        const QuantizedMatrix* q = trial->quantized();
        REQUIRE(q != nullptr);
        CHECK((q->rows == 5 && q->cols == 300 && q->block_size == given.quantized.block_size));
        const std::vector<NamedPlane> expected = planes(given.quantized), written = planes(*q);
        REQUIRE(written.size() == expected.size());
        for (std::size_t i = 0; i < written.size(); ++i) {
          CHECK(written[i].buffer.size() == expected[i].buffer.size());
          CHECK(std::ranges::all_of(written[i].buffer,
                                    [&](std::byte byte) { return byte == std::byte(16 + i); }));
        }
      } else {
        CHECK(trial->quantized() == nullptr);
        const Matrix& values = trial->output();
        CHECK(values.rows == (op == Op::matmul ? 3 : 5));
        CHECK(values.cols == (op == Op::matmul ? 5 : 300));
        for (std::size_t i = 0; i < values.values.size(); ++i)
          if (values.values[i] != static_cast<float>(i)) FAIL("value " << i);
      }
      CHECK(notes.outputs == ++outputs);
      CHECK(notes.fresh == outputs);
    }
  }
}

}  // namespace qbench
