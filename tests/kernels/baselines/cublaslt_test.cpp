// SPDX-License-Identifier: Apache-2.0
// The baselines on the emulator, through a fake cuBLASLt: operands, shapes and failures.
#include "kernels/baselines/cublaslt.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/sweep/sweep.h"
#include "kernels/formats/compiled.h"
#include "tests/catch.h"
#include "tests/kernels/check.h"

namespace qbench {
namespace {

// Before the table of kernels is made.
const bool kNamed = ::setenv("QBENCH_CUBLASLT", QBENCH_FAKE_CUBLASLT, 1) == 0;

template <class F>
F* fake(const char* name) {
  void* const library = ::dlopen(QBENCH_FAKE_CUBLASLT, RTLD_NOW | RTLD_NOLOAD);
  REQUIRE(library != nullptr);
  auto* const function = reinterpret_cast<F*>(::dlsym(library, name));
  ::dlclose(library);  // the program holds it
  REQUIRE(function != nullptr);
  return function;
}
int live() { return fake<int()>("fake_cublaslt_live")(); }

// A function of the fake fails while this lives.
class Failing {
 public:
  Failing(const char* function, cublaslt::Status status) {
    fake<void(const char*, int)>("fake_cublaslt_fail")(function, status);
  }
  ~Failing() { fake<void(const char*, int)>("fake_cublaslt_fail")("", 0); }
};

std::vector<Kernel> baselines(const Mode& mode) {
  std::vector<Kernel> found;
  for (const Kernel& kernel : all_kernels())
    if (kernel.mode == &mode && kernel.device == DeviceKind::emulated &&
        kernel.name.find("cublaslt") != kernel.name.npos)
      found.push_back(kernel);
  if (found.empty()) throw std::logic_error("no baseline of " + std::string(mode.name));
  return found;
}
Kernel baseline(const Mode& mode) { return baselines(mode).front(); }
Kernel panels(const Mode& mode) {
  const Kernel found = baselines(mode).back();
  REQUIRE(found.name == "panels+cublaslt");
  return found;
}

// Modes have the baseline of the first that decodes as they do, if that is compiled.
bool has_baseline(const Mode& mode) {
  return !mode.quantized() || emulated::is_compiled(decoded_as(mode));
}

Dtype own_dtype(const Mode& mode) {
  const auto* plain = std::get_if<Plain>(&mode.format.codec);
  return plain != nullptr ? plain->dtype : mode.dtype;
}

std::string what(const Kernel& kernel, const Problem& problem) {
  try {
    kernel.prepare(problem)->run_once();
  } catch (const DeviceError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// No two of m, n and k are equal; odd ones; k with whole runs of 16 weights and without.
constexpr Shape kShapes[] = {{1, 1, 1},   {3, 7, 5},    {5, 33, 130}, {17, 96, 200},
                             {2, 64, 48}, {40, 12, 64}, {9, 130, 77}};

std::vector<std::string> journal_of(DeviceKind device, std::vector<const Mode*> modes,
                                    const KernelTable& kernels = all_kernels()) {
  std::string folder = (std::filesystem::temp_directory_path() / "qbench_lt_XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  Options options;
  options.sweep.suites = {find_suite("gemm")};
  options.sweep.modes = std::move(modes);
  options.sweep.shapes = {{3, 96, 200}};
  options.sweep.devices = {{device}};
  options.kernels = std::make_shared<const KernelTable>(kernels);
  options.journal = folder + "/journal";
  CHECK(run_sweep(options) == 0);
  std::vector<std::string> lines;
  std::ifstream in(options.journal);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::filesystem::remove_all(folder);
  return lines;
}

}  // namespace

TEST_CASE("baselines are right for every mode, type and odd shape, and leave nothing behind") {
  REQUIRE(cublaslt_library().absent == "");
  for (const Mode* mode : all_modes())
    for (const Shape& shape : kShapes)
      for (const Dtype dtype : {Dtype::fp32, Dtype::fp16, Dtype::bf16}) {
        if (!has_baseline(*mode)) continue;
        const test::Inputs inputs(*mode, shape, dtype);
        const Problem problem = inputs.problem(Op::matmul);
        for (const Kernel& kernel : baselines(*mode)) {
          CAPTURE(kernel.name, mode->name, shape.m, shape.n, shape.k, name(dtype));
          if (!kernel.unsupported(problem).empty()) continue;
          CHECK(test::verdict(kernel, problem).wrong == "");
          CHECK(live() == 0);
        }
      }
}

// An L2 of no size to speak of: panels have 128 rows, and those of five codes a byte 256.
TEST_CASE("products by panels are right in every mode, whole panels and a short last one") {
  const test::KeepOptions keep;
  test::emulator().options().l2_bytes = 1024;
  for (const Mode* mode : all_modes()) {
    if (!mode->quantized() || mode->format.activations || !has_baseline(*mode)) continue;
    for (const std::int64_t n : {300, 512}) {
      const test::Inputs inputs(*mode, {3, n, 136}, Dtype::bf16);
      CAPTURE(mode->name, n);
      CHECK(test::verdict(panels(*mode), inputs.problem(Op::matmul)).wrong == "");
    }
  }
  CHECK(live() == 0);
}

TEST_CASE("weights that are one panel are dequantize+cublaslt's") {
  const test::Inputs inputs(*find_mode("nf4"), {3, 96, 200}, Dtype::bf16);
  CHECK(has(panels(*find_mode("nf4")).unsupported(inputs.problem(Op::matmul)),
            "the weights are one panel: see dequantize+cublaslt"));
}

TEST_CASE("panels take half of L2, and no more memory than one of them") {
  const test::KeepOptions keep;
  const Mode& nf4 = *find_mode("nf4");
  const test::Inputs inputs(nf4, {2, 700, 512}, Dtype::bf16);
  const auto peak = [&](const Kernel& kernel) {
    test::emulator().memory().restart_peak();
    kernel.prepare(inputs.problem(Op::matmul))->run_once();
    return test::emulator().memory().peak;
  };
  const std::size_t whole = peak(baseline(nf4)), row = 512 * 2;
  constexpr std::size_t kWorkspace = 4096;  // the fake's, of a product: panels have two
  for (const auto& [l2_bytes, rows] :
       {std::pair<std::size_t, std::size_t>{600 << 10, 256}, {1024, 128}}) {
    test::emulator().options().l2_bytes = l2_bytes;
    CHECK(whole - peak(panels(nf4)) == (700 - rows) * row - kWorkspace);
  }
}

TEST_CASE("baselines run on the emulator with either schedule and poison") {
  const test::KeepOptions keep;
  for (const char* schedule : {"reverse", "random:1"})
    for (const std::uint32_t poison : {0xffffffffu, 0x7e7e7e7eu}) {
      set_schedule(test::emulator().options(), schedule);
      test::emulator().options().poison = poison;
      for (const char* mode : {"bf16", "nf4", "int4", "int8"}) {
        const test::Inputs inputs(*find_mode(mode), {5, 36, 132}, Dtype::bf16);
        CAPTURE(mode, schedule, poison);
        CHECK(test::verdict(baseline(*find_mode(mode)), inputs.problem(Op::matmul)).wrong == "");
      }
    }
}

TEST_CASE("each baseline takes the problems that cuBLASLt takes, and says why not the others") {
  const auto why = [](const char* mode, Shape shape, Dtype dtype) {
    const test::Inputs inputs(*find_mode(mode), shape, dtype);
    return baseline(*find_mode(mode)).unsupported(inputs.problem(Op::matmul));
  };
  for (const Mode* mode : all_modes())
    if (has_baseline(*mode)) CHECK(why(mode->name.data(), {3, 8, 12}, own_dtype(*mode)) == "");
  CHECK(has(why("bf16", {3, 8, 12}, Dtype::fp16), "--dtypes bf16"));
  CHECK(has(why("fp32", {3, 8, 12}, Dtype::bf16), "--dtypes fp32"));
  CHECK(has(why("nf4", {3, 8, 12}, Dtype::fp32), "the dtype must be bf16 or fp16, not fp32"));
  for (const Shape& odd : {Shape{3, 7, 12}, {3, 8, 10}})
    CHECK(has(why("int8", odd, Dtype::fp16), "multiples of 4"));
  CHECK(why("int8", {3, 8, 12}, Dtype::fp32) == "");
}

TEST_CASE("a function that fails is an error with its name and cuBLASLt's, and nothing leaks") {
  const test::Inputs inputs(*find_mode("bf16"), {3, 8, 12}, Dtype::bf16);
  const Problem problem = inputs.problem(Op::matmul);
  const Kernel kernel = baseline(*find_mode("bf16"));
  for (const char* function :
       {"cublasLtCreate", "cublasLtMatmulDescCreate", "cublasLtMatmulDescSetAttribute",
        "cublasLtMatrixLayoutCreate", "cublasLtMatmulPreferenceCreate",
        "cublasLtMatmulPreferenceSetAttribute", "cublasLtMatmulAlgoGetHeuristic",
        "cublasLtMatmul"}) {
    const Failing failing(function, cublaslt::kExecutionFailed);
    CHECK(what(kernel, problem) == std::string(function) + ": CUBLAS_STATUS_EXECUTION_FAILED");
    CHECK(live() == 0);
  }
  const Failing failing("cublasLtMatmulDescCreate", cublaslt::kAllocFailed);
  CHECK_THROWS_AS(kernel.prepare(problem), DeviceOutOfMemory);
}

TEST_CASE("a product for which there is no algorithm is an error that says so") {
  const test::Inputs inputs(*find_mode("nf4"), {3, 8, 12}, Dtype::bf16);
  const Failing failing("cublasLtMatmulAlgoGetHeuristic", cublaslt::kSuccess);
  CHECK(what(baseline(*find_mode("nf4")), inputs.problem(Op::matmul)) ==
        "cublasLtMatmulAlgoGetHeuristic: there is no algorithm");
  CHECK(live() == 0);
}

TEST_CASE("what is no cuBLASLt is refused in one line that says what to do") {
  for (const char* file : {"/nowhere/libcublasLt.so", "libm.so.6"}) {
    const std::string why = why_no_cublaslt(load_cublaslt(file), true);
    CAPTURE(why);
    CHECK(has(why, "no cuBLASLt: "));
    CHECK(has(why, file));
    CHECK(has(why, "put libcublasLt.so on the library path or in QBENCH_CUBLASLT"));
    CHECK(!has(why, "\n"));
  }
  CHECK(has(why_no_cublaslt(load_cublaslt("libm.so.6"), true), "has no cublasLt"));
}

TEST_CASE("a library of the host does not serve GPUs, nor one of GPUs the emulator") {
  CublasLtLibrary library = load_cublaslt(QBENCH_FAKE_CUBLASLT);
  CHECK(why_no_cublaslt(library, true) == "");
  CHECK(has(why_no_cublaslt(library, false), "computes on the host"));
  library.of_host = false;
  CHECK(why_no_cublaslt(library, false) == "");
  CHECK(has(why_no_cublaslt(library, true), "computes on GPUs"));
}

TEST_CASE("a sweep on the emulator has verified rows of every baseline, and no speedup") {
  const auto lines =
      journal_of(DeviceKind::emulated, {find_mode("bf16"), find_mode("nf4"), find_mode("int8")});
  const auto passed = [&](const std::string& row) {
    return std::ranges::count_if(lines, [&](const std::string& line) {
      return has(line, row) && has(line, "\"status\":\"passed\"") && has(line, "kernel_error") &&
             !has(line, "speedup");
    });
  };
  CHECK(passed("mode:bf16/kernel:cublaslt/") == 1);
  CHECK(passed("mode:nf4/kernel:dequantize+cublaslt/") == 1);
  CHECK(passed("mode:int8/kernel:int8-cublaslt/") == 1);
}

TEST_CASE("a sweep measures the baseline before what is compared with it") {
  Kernel baseline = {};
  for (const Kernel& kernel : all_kernels())
    if (kernel.device == DeviceKind::cpu && kernel.op == Op::matmul) baseline = kernel;
  baseline.name = "cublaslt";
  baseline.mode = find_mode("bf16");
  const auto lines = journal_of(DeviceKind::cpu, {find_mode("nf4"), find_mode("bf16")},
                                joined(all_kernels(), {baseline}));
  const auto with_speedup = [&](const std::string& row) {
    return std::ranges::count_if(lines, [&](const std::string& line) {
      return has(line, row) && has(line, "\"speedup\":");
    });
  };
  CHECK(with_speedup("mode:nf4/kernel:reference/") == 1);
  CHECK(with_speedup("mode:bf16/kernel:cublaslt/") == 1);
}

}  // namespace qbench
