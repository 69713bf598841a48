// SPDX-License-Identifier: Apache-2.0
// The memory of a case: what it needs is known before it starts, and what its runs take is counted.
#include <limits>

#include "tests/catch.h"
#include "tests/harness/fakes.h"
#include "tests/harness/run/run_alone.h"

namespace qbench {

using namespace test;

TEST_CASE("a case that does not fit in memory is skipped before it starts") {
  prepared = 0;
  const Kernel kernel = fake(Op::matmul, prepare_counted);
  const Case c = small_case(kernel);
  RunOptions tight = kOptions;
  tight.memory_bytes = bytes_needed(c) - 1;
  const Result r = run_alone(c, tight);
  CHECK(r.status == Status::skipped);
  CHECK(r.reason.find("memory") != r.reason.npos);
  CHECK(prepared == 0);
  tight.memory_bytes = std::numeric_limits<double>::quiet_NaN();
  CHECK(run_alone(c, tight).status == Status::skipped);
  tight.memory_bytes = bytes_needed(c);
  CHECK(run_alone(c, tight).status == Status::passed);
  CHECK(prepared == 1);
}

TEST_CASE("a case holds no more memory than it was said to need, but for scratch") {
  const auto check = [](Op op, const char* mode, const Shape& shape) {
    Case c = small_case(reference_kernel(op), mode);
    c.shape = shape;
    const double scratch = 1e5;  // statistics of groups and the like
    const std::size_t before = MemoryMeter::current();
    MemoryMeter::restart_peak();
    CHECK(run_alone(c).status == Status::passed);
    const auto held = static_cast<double>(MemoryMeter::peak() - before);
    CAPTURE(c.id(), held, bytes_needed(c));
    CHECK(held <= bytes_needed(c) + scratch);
  };
  for (const char* mode : {"fp32", "nf4-dq", "int8", "int4"}) {
    check(Op::roundtrip, mode, {0, 512, 2048});
    check(Op::matmul, mode, {5, 512, 2048});
  }
  check(Op::matmul, "nf4", {512, 512, 64});   // most of it results
  check(Op::matmul, "q4_1", {512, 512, 64});  // the magnitude of what codes of 0 stand for among it
  check(Op::matmul, "q4_1", {5, 512, 2048});
  check(Op::matmul, "nf4", {512, 16, 2048});  // most of it activations
  for (const Op op : {Op::lora_forward, Op::lora_backward})
    for (const Shape& shape : {Shape{5, 512, 2048}, {5, 2048, 64}, {512, 512, 64}, {512, 16, 2048}})
      check(op, "nf4", shape);
}

TEST_CASE("the memory of a device's run is what it takes beside its operands") {
  const auto emulated = std::ranges::find_if(all_kernels(), [](const Kernel& k) {
    return k.op == Op::dequantize && k.device == DeviceKind::emulated;
  });
  if (emulated == all_kernels().end()) QBENCH_SKIP("the emulated device is not built");
  Case c = small_case(reference_kernel(Op::matmul));
  c.suite = find_suite("dequantize");
  c.kernel = &*emulated;
  c.device = {DeviceKind::emulated};
  c.shape = {0, 64, 1024};
  const Result r = run_alone(c);
  CAPTURE(r.reason);
  CHECK(r.bytes == 2 * 65536 + 65536 / 2 + 4 * 1024);
  CHECK(r.peak_bytes.value() >= 0);
  CHECK(r.peak_bytes.value() < 5000);  // the kernel takes none, the allocator some
}

TEST_CASE("the scratch of a run is counted: codes and scales that a product decodes") {
  const Result r = run_alone(small_case(reference_kernel(Op::matmul)));
  CHECK(r.peak_bytes.value() >= 16 * 192 * 4);  // a panel of decoded weights
  CHECK(r.peak_bytes.value() < 1e7);
}

}  // namespace qbench
