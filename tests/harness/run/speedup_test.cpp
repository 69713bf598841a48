// SPDX-License-Identifier: Apache-2.0
// The row that a speedup is against, and the cases without one.
#include "harness/run/speedup.h"

#include "tests/catch.h"

namespace qbench {
namespace {

Result row(const char* mode, const char* kernel, double seconds) {
  Result r;
  r.suite = "gemm";
  r.op = "matmul";
  r.mode = mode;
  r.kernel = kernel;
  r.device = "cuda:0";
  r.dtype = "bf16";
  r.m = 16;
  r.n = 4096;
  r.k = 1024;
  r.input = "normal";
  r.seed = 1;
  r.seconds = seconds;
  return r;
}

Result compared(Speedups& speedups, Result r) {
  speedups.compare(r);
  return r;
}

}  // namespace

TEST_CASE("a speedup is the time of cuBLASLt with bf16 weights over the row's, whatever the type") {
  Speedups speedups;
  CHECK(compared(speedups, row("bf16", "cublaslt", 6e-6)).speedup == 1.0);
  CHECK(compared(speedups, row("nf4", "gemm-mma", 2e-6)).speedup == 6e-6 / 2e-6);
  Result fp16 = row("int8", "int8-mma", 12e-6);
  fp16.dtype = "fp16";
  CHECK(compared(speedups, fp16).speedup == 0.5);
}

TEST_CASE("there is no speedup where the baseline is of another problem") {
  Speedups speedups;
  compared(speedups, row("bf16", "cublaslt", 6e-6));
  const auto other = [&](auto change) {
    Result r = row("nf4", "gemm-mma", 2e-6);
    change(r);
    return compared(speedups, r).speedup;
  };
  CHECK(other([](Result&) {}));
  CHECK(!other([](Result& r) { r.device = "cuda:1"; }));
  CHECK(!other([](Result& r) { r.m = 17; }));
  CHECK(!other([](Result& r) { r.n = 4097; }));
  CHECK(!other([](Result& r) { r.k = 1025; }));
  CHECK(!other([](Result& r) { r.input = "outliers"; }));
  CHECK(!other([](Result& r) { r.tensor = "layer.weight"; }));
  CHECK(!other([](Result& r) { r.seed = 2; }));
  CHECK(!other([](Result& r) { r.op = "dequantize"; }));
}

TEST_CASE("there is no speedup without times that passed on both sides") {
  const auto after = [](const Result& baseline) {
    Speedups speedups;
    compared(speedups, baseline);
    return compared(speedups, row("nf4", "gemm-mma", 2e-6)).speedup;
  };
  const Result good = row("bf16", "cublaslt", 6e-6);
  CHECK(after(good));
  for (const Status status : {Status::wrong, Status::skipped, Status::error}) {
    Result bad = good;
    bad.status = status;
    CHECK(!after(bad));
  }
  Result untimed = good;
  untimed.seconds.reset();
  CHECK(!after(untimed));
  CHECK(!after(row("fp16", "cublaslt", 6e-6)));
  CHECK(!after(row("bf16", "reference", 6e-6)));

  Speedups speedups;
  compared(speedups, good);
  Result wrong = row("nf4", "gemm-mma", 2e-6);
  wrong.status = Status::wrong;
  CHECK(!compared(speedups, wrong).speedup);
  wrong.status = Status::passed;
  wrong.seconds.reset();
  CHECK(!compared(speedups, wrong).speedup);
}

}  // namespace qbench
