// SPDX-License-Identifier: Apache-2.0
// Bits per parameter to the last digit, groups that tile the matrix, and the count of bytes.
#include "reference/simd/loops.h"
#include "tests/catch.h"
#include "tests/reference/matrices.h"
#include "tests/walked.h"

namespace qbench::test {
namespace {

struct Shape {
  std::int64_t rows, cols;
};
constexpr Shape kShapes[] = {{512, 4096}, {688, 4096}, {1, 1},    {1, 65},
                             {3, 37},     {7, 1001},   {1000, 1}, {257, 129}};

std::int64_t up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

// Groups a line of the matrix, and such lines.
struct Lines {
  std::int64_t groups, count;
};

Lines lines_of(const Format& format, std::int64_t size, Shape shape) {
  if (size == kWholeTensor || format.granularity == Granularity::tensor) return {1, 1};
  if (size == kWholeRow || format.granularity == Granularity::row) return {1, shape.rows};
  if (format.granularity == Granularity::block) return {up(shape.rows * shape.cols, size), 1};
  return {up(shape.cols, size), up(shape.rows, format.tile_rows)};
}

// One number a group, and what those have in common.
std::int64_t bytes_of_numbers(const GroupNumber& number, Lines lines) {
  std::int64_t bytes = up(lines.groups * lines.count * number.storage.bits, 8);
  if (!number.outer) return bytes;
  const OuterLevel& outer = *number.outer;
  const std::int64_t outers = outer.size == 0 ? 1 : lines.count * up(lines.groups, outer.size);
  bytes += up(outers * outer.storage.bits, 8);
  return bytes + (outer.less_mean ? 4 : 0);
}

std::int64_t bytes_of_mode(const Mode& mode, std::int64_t size, Shape shape) {
  const Format& format = mode.format;
  const std::int64_t n = shape.rows * shape.cols;
  std::int64_t bytes =
      format.packing == Packing::trits ? n / 256 * 52 + up(n % 256, 5) : up(n * format.bits, 8);
  if (!format.quantized()) return bytes;
  const Lines lines = lines_of(format, size, shape);
  bytes += bytes_of_numbers(format.scale, lines);
  return bytes + (format.zero == Zero::none ? 0 : bytes_of_numbers(format.zero_number, lines));
}

std::vector<int> sizes(const Mode& mode) {
  if (mode.block_sizes.empty()) return {0};
  return {mode.block_sizes.begin(), mode.block_sizes.end()};
}

TEST_CASE("bits per parameter count the bytes of codes and scales, for every mode and shape") {
  for (const Mode* mode : test::walked_modes())
    for (const int size : sizes(*mode))
      for (const Shape& shape : kShapes) {
        CAPTURE(mode->name, size, shape.rows, shape.cols);
        const QuantizedMatrix q(mode->format, size, shape.rows, shape.cols);
        const std::int64_t bytes = bytes_of_mode(*mode, size, shape);
        CHECK(q.weight_bytes() + q.scale_bytes() == bytes);
        CHECK(q.bits_per_param() ==
              8.0 * static_cast<double>(bytes) / static_cast<double>(shape.rows * shape.cols));
      }
}

double bits(std::string_view mode, int size, Shape shape = {4096, 4096}) {
  return QuantizedMatrix(find_mode(mode)->format, size, shape.rows, shape.cols).bits_per_param();
}

TEST_CASE("bits per parameter are the published ones to the last digit", "[golden]") {
  const double offset = 32.0 / (4096 * 4096);
  CHECK(bits("nf4", 32) == 5);
  CHECK(bits("nf4", 64) == 4.5);
  CHECK(bits("fp4", 4096) == 4.0078125);
  CHECK(bits("nf4-dq", 32) == 4.25390625 + offset);
  CHECK(bits("nf4-dq", 64) == 4.126953125 + offset);
  CHECK(bits("fp4-dq", 128) == 4.0634765625 + offset);
  CHECK(bits("int8", 0) == 8.0078125);
  CHECK(bits("int4", 128) == 4.15625);
  CHECK(bits("int2", 64) == 2.28125);
  CHECK(bits("int3", 128) == 3.1484375);
  CHECK(bits("int8-asym", 128) == 8.1875);
  CHECK(bits("int4-sym", 128) == 4.125);
  CHECK(bits("int4-hqq", 64) == 4.5);
  CHECK(bits("int4", kWholeRow) == 4 + 20.0 / 4096);
  CHECK(bits("int4-sym", kWholeTensor) == 4 + offset / 2);
  CHECK(bits("int8-row", 0) == 8.0078125);
  CHECK(bits("nf4-dq-e4m3", 64) == 4.126953125 + offset);
  CHECK(bits("nf3", 64) == 3.5);
  CHECK(bits("nf2", 64) == 2.5);
  CHECK(bits("b1.58", 0) == 1.625 + offset);
  CHECK(bits("binary", 0) == 1.0078125);
  CHECK(bits("binary-group", 128) == 1.125);
  CHECK(bits("mxfp4", 32) == 4.25);
  CHECK(bits("mxfp8-e5m2-even", 32) == 8.25);
  CHECK(bits("mxfp6", 32) == 6.25);
  CHECK(bits("mxint8", 32) == 8.25);
  CHECK(bits("nvfp4-46", 16) == 4.5 + offset);
  CHECK(bits("nvfp4-1l-torchao", 16) == 4.5);
  CHECK(bits("nvfp4-16x16", 16) == 4.03125 + offset);
  CHECK(bits("fp8", 0) == 8 + offset);
  CHECK(bits("fp8-row", 0) == 8.0078125);
  CHECK(bits("fp8-128x128", 128) == 8 + 32.0 / (128 * 128));
  CHECK(bits("fp8-e5m2-1x128", 128) == 8.25);
  CHECK(bits("fp6-e3m2", 0) == 6.0078125);
  CHECK(bits("q4_k", 32) == 4.5);
  CHECK(bits("q6_k", 16) == 6.5625);
  CHECK(bits("iq4_xs", 32) == 4.25);
  CHECK(bits("tq1_0", 256) == 1.6875);
  CHECK(bits("bf16", 0) == 16);
  CHECK(bits("fp32", 0) == 32);
  CHECK(bits("nf4", 64, {1, 1}) == 40);
  CHECK(bits("nf4-dq", 64, {1, 1}) == 80);
}

TEST_CASE("groups tile the matrix in order, and each element is in its own") {
  for (const std::string_view name : {"nf4", "int4", "int8", "mxfp4"})
    for (const Shape& shape :
         {Shape{3, 37}, Shape{7, 101}, Shape{1, 1}, Shape{4, 64}, Shape{70, 1}}) {
      const Mode& mode = *find_mode(name);
      CAPTURE(name, shape.rows, shape.cols);
      const Partition groups =
          partition(mode.format, mode.block_size == 0 ? 0 : 32, shape.rows, shape.cols);
      std::int64_t at = 0;
      for (std::int64_t group = 0; group < groups.groups(); ++group) {
        REQUIRE(groups.begin(group) == at);
        REQUIRE(groups.end(group) > at);
        for (; at < groups.end(group); ++at) REQUIRE(groups.group_of(at) == group);
        if (mode.format.granularity != Granularity::block)  // within one row
          CHECK(groups.begin(group) / shape.cols == (at - 1) / shape.cols);
      }
      CHECK(at == shape.rows * shape.cols);
    }
}

TEST_CASE("blocks cross rows, groups start anew, rows and tensors are one each") {
  Format format = find_mode("nf4")->format;
  CHECK(partition(format, 32, 3, 40).groups() == 4);
  CHECK(partition(format, 32, 3, 40).end(1) == 64);
  format.granularity = Granularity::group;
  CHECK(partition(format, 32, 3, 40).groups() == 6);
  CHECK(partition(format, 32, 3, 40).end(1) == 40);
  format.granularity = Granularity::row;
  CHECK(partition(format, 0, 3, 40).groups() == 3);
  format.granularity = Granularity::tensor;
  CHECK(partition(format, 0, 3, 40).groups() == 1);
  CHECK(partition(format, 0, 3, 40).end(0) == 120);
}

TEST_CASE("elements dequantized from any of them on are those of the whole, in every mode") {
  for (const Mode* mode : all_modes()) {
    const std::int64_t n = 3 * 37;
    const int size = mode->block_sizes.empty() ? 0 : mode->block_sizes[0];
    const QuantizedMatrix q = reference::quantize(*mode, size, matrix(3, 37, random_values(n, 24)));
    const std::vector<float> all = dequantized(q);
    for (std::int64_t first = 0; first < n; ++first)
      for (std::int64_t count = 1; first + count <= n; ++count) {
        std::vector<float> part(static_cast<std::size_t>(count));
        reference::dequantize(q, first, count, part.data());
        if (!std::equal(part.begin(), part.end(), all.begin() + first))
          FAIL(mode->name << ": " << count << " elements from " << first);
      }
  }
}

TEST_CASE("the meter counts the bytes of a Buffer while it lives, and keeps the peak") {
  const Buffer<char> held(100);
  const std::size_t before = MemoryMeter::current();
  MemoryMeter::restart_peak();
  CHECK(MemoryMeter::peak() == before);
  {
    Buffer<double> buffer(1000);
    CHECK(MemoryMeter::current() == before + 8000);
    Buffer<float> moved(500);
    const Buffer<float> taken = std::move(moved);
    CHECK(MemoryMeter::current() == before + 10'000);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
  }
  CHECK(MemoryMeter::current() == before);
  CHECK(MemoryMeter::peak() == before + 10'000);
  MemoryMeter::restart_peak();
  CHECK(MemoryMeter::peak() == before);
}

}  // namespace
}  // namespace qbench::test
