// SPDX-License-Identifier: Apache-2.0
// Weights of made planes are packed and unpacked to the same planes, at every edge of every
// container.
#include <fmt/format.h>

#include <random>

#include "reference/formats/small_floats.h"
#include "suites/checkpoints/containers/bit_streams.h"
#include "tests/suites/checkpoints/containers/modules.h"

using namespace qbench;
using namespace qbench::test;

namespace {

std::mt19937& generator() {
  static std::mt19937 draws(1);
  return draws;
}

// Bits of a stream that are no code stay 0, as packing leaves them.
void fill(Buffer<std::byte>& plane, std::int64_t count, int bits) {
  if (bits >= 8) {
    for (std::byte& byte : plane) byte = static_cast<std::byte>(generator()() & 0xff);
    return;
  }
  Buffer<std::uint8_t> codes(static_cast<std::size_t>(count));
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(generator()());
  plane = packed_stream(codes, bits);
}

void fill(StoredNumbers& numbers, const GroupNumber& how, std::int64_t count) {
  fill(numbers.numbers, count, how.storage.bits);
  for (Buffer<std::byte>* plane : {&numbers.outer, &numbers.offset})
    for (std::size_t i = 0; i + 4 <= plane->size(); i += 4) {
      // A number whose reciprocal has that number as its own.
      const float power = std::ldexp(1.0f, static_cast<int>(generator()() % 64) - 32);
      std::memcpy(plane->data() + i, &power, sizeof power);
    }
}

StoredWeight made(const Format& format, int block_size, const TensorShape& shape,
                  const Details& details) {
  StoredWeight weight = room_for({.format = std::make_shared<const Format>(format),
                                  .block_size = block_size,
                                  .shape = shape,
                                  .text = "",
                                  .details = details});
  QuantizedMatrix& planes = weight.planes;
  const std::int64_t groups = planes.groups().groups();
  fill(planes.codes, planes.size(), format.bits);
  fill(planes.scales, format.scale, groups);
  if (format.zero != Zero::none) fill(planes.zeros, format.zero_number, groups);
  const auto a_line = static_cast<std::uint32_t>(planes.groups().groups_per_line());
  for (std::size_t i = 0; i + 4 <= planes.order.size(); i += 4) {
    const auto group = static_cast<std::uint32_t>(generator()() % a_line);
    std::memcpy(planes.order.data() + i, &group, sizeof group);
  }
  return weight;
}

struct Example {
  std::string container;
  Format format;
  int block_size;
  TensorShape shape;
  Details details = {};
  std::string config = {};
};

void check(const Example& example) {
  CAPTURE(example.container, example.format.bits, example.block_size, shape_text(example.shape),
          example.config);
  const Container* container = find_container(example.container);
  REQUIRE(container != nullptr);
  const StoredWeight weight =
      made(example.format, example.block_size, example.shape, example.details);
  const std::vector<NewTensor> tensors = container->pack(weight, "a.b");
  const Module module =
      module_of(tensors, example.config.empty() ? nullptr : config(example.config));
  REQUIRE(container_of(module) == container);
  const StoredWeight again = container->unpack(module);
  CHECK(again.shape == example.shape);
  check_planes(again.planes, weight.planes);
  check_tensors(container->pack(again, "a.b"), tensors);
}

Format integers(int bits, bool zeros, const Storage& scale, bool ordered = false) {
  const Storage code = zeros ? stored::unsigned_integer(bits) : stored::signed_integer(bits);
  Format format = {.bits = bits,
                   .codec = code.codec,
                   .granularity = Granularity::group,
                   .scale = {.storage = scale},
                   .ordered = ordered};
  if (zeros) {
    format.zero = Zero::point;
    format.zero_number.storage = code;
  }
  return format;
}

const TensorShape kShapes[] = {{1, 1}, {1, 70}, {7, 1}, {33, 64}, {9, 70}, {64, 96}};

std::string group_config(int bits, int size) {
  return fmt::format(
      R"({{"quantization_config":{{"quant_method":"compressed-tensors","config_groups":{{"g":{{)"
      R"("targets":["Linear"],"weights":{{"num_bits":{},"group_size":{}}}}}}}}}}})",
      bits, size);
}

}  // namespace

TEST_CASE("GPTQ's words hold 2, 3, 4 and 8 bits of any shape, version and order") {
  for (const int bits : {2, 3, 4, 8})
    for (const TensorShape& shape : kShapes)
      for (const int size : {32, kWholeRow})
        for (const bool v2 : {false, true})
          for (const bool ordered : {false, true}) {
            if (ordered && shape[1] <= 32) continue;  // one group has one order
            if (ordered && size == kWholeRow) continue;
            check({.container = "gptq",
                   .format = integers(bits, true, v2 ? stored::bf16 : stored::f16, ordered),
                   .block_size = size,
                   .shape = shape,
                   .details = {{"version", v2 ? "2" : "1"}},
                   .config = fmt::format(R"({{"quant_method":"gptq","bits":{},"group_size":{},)"
                                         R"("checkpoint_format":"{}"}})",
                                         bits, size, v2 ? "gptq_v2" : "gptq")});
          }
}

TEST_CASE("AWQ's words hold any multiple of 8 rows") {
  for (const TensorShape& shape :
       {TensorShape{8, 1}, TensorShape{8, 70}, TensorShape{24, 64}, TensorShape{64, 96}})
    for (const int size : {32, kWholeRow})
      check({.container = "awq",
             .format = integers(4, true, stored::f16),
             .block_size = size,
             .shape = shape,
             .config = fmt::format(
                 R"({{"quant_method":"awq","bits":4,"group_size":{},"version":"GEMM"}})", size)});
}

TEST_CASE("compressed-tensors' words hold 2 to 8 bits, with and without zero points and order") {
  for (int bits = 2; bits <= 8; ++bits)
    for (const TensorShape& shape : kShapes)
      for (const int size : {32, kWholeRow})
        for (const bool zeros : {false, true})
          for (const bool ordered : {false, true})
            check({.container = "pack-quantized",
                   .format = integers(bits, zeros, stored::bf16, ordered),
                   .block_size = size,
                   .shape = shape,
                   .config = group_config(bits, size)});
}

TEST_CASE("compressed-tensors' words before June 2026 hold whole fields") {
  for (const int bits : {3, 5, 6, 7})
    for (const bool zeros : {false, true})
      check({.container = "pack-quantized",
             .format = integers(bits, zeros, stored::f16),
             .block_size = 32,
             .shape = {33, 128},
             .details = {{"fields", "whole"}},
             .config = group_config(bits, 32)});
}

TEST_CASE("NVFP4 and MX formats hold rows of whole bytes") {
  const TensorShape shapes[] = {{1, 2}, {1, 18}, {3, 34}, {7, 64}};
  for (const TensorShape& shape : shapes) {
    const Format nvfp4 = find_mode("nvfp4")->format;
    for (const char* container : {"nvfp4-pack-quantized", "modelopt-nvfp4"})
      check({container, nvfp4, 16, shape, {{"input_scale", "F32 [] 0000803f"}}});
    check({"mxfp4-pack-quantized", find_mode("mxfp4")->format, 32, shape});
    check({"mxfp8-quantized", find_mode("mxfp8")->format, 32, shape});
    check({"mxfp8-quantized", find_mode("mxfp8")->format, 32, shape, {{"scale_dtype", "F8_E8M0"}}});
  }
  check({"mxfp8-quantized", find_mode("mxfp8")->format, 32, {5, 77}});
}

TEST_CASE("gpt-oss' blocks hold stacks of experts under either name") {
  const Format mxfp4 = find_mode("mxfp4")->format;
  for (const char* names : {"transformers", "openai"})
    for (const TensorShape& shape :
         {TensorShape{1, 1, 32}, TensorShape{3, 5, 96}, TensorShape{5, 64}})
      check({"gpt-oss", mxfp4, 32, shape, {{"names", names}}});
}

TEST_CASE("codes of 8 bits stand beside scales of the tensor, rows, groups and tiles") {
  const std::string tiles =
      R"({"quantization_config":{"quant_method":"fp8","weight_block_size":[16,32]}})";
  for (const Codec& codec : {Codec(kE4M3), Codec(kE5M2), stored::signed_integer(8).codec})
    for (const Storage& scale : {stored::f32, stored::f16, stored::bf16})
      for (const TensorShape& shape : kShapes)
        for (const bool zeros : {false, true}) {
          Format format = {.bits = 8, .codec = codec, .scale = {.storage = scale}};
          if (zeros) {
            format.zero = Zero::point;
            format.zero_number.storage = stored::signed_integer(8);
          }
          check({"scaled", format, 0, shape});
          check({"scaled", format, 0, shape, {{"scale_rank", "0"}}});
          format.granularity = Granularity::row;
          if (shape[0] > 1) check({"scaled", format, 0, shape, {{"scale_rank", "1"}}});
          check({"scaled", format, 0, shape});
          format.granularity = Granularity::group;
          check({"scaled", format, 32, shape, {}, group_config(8, 32)});
          format.granularity = Granularity::tile;
          format.tile_rows = 16;
          check({"scaled", format, 32, shape, {{"scale", "weight_scale_inv"}}, tiles});
          check({"scaled", format, 32, shape, {{"scale_rank", "4"}}, tiles});
        }
}

TEST_CASE("slices of experts have scales of their own: each one, a row, a group or tiles") {
  const std::string tiles =
      R"({"quantization_config":{"quant_method":"fp8","weight_block_size":[16,32]}})";
  for (const char* scale : {"weight_scale", "weight_scale_inv", "_scale_inv"})
    for (const TensorShape& shape :
         {TensorShape{3, 32, 70}, TensorShape{1, 16, 33}, TensorShape{2, 16, 64}}) {
      Format format = {.bits = 8, .codec = kE4M3};
      check({"scaled", format, 0, shape, {{"scale", scale}}});
      format.granularity = Granularity::row;
      check({"scaled", format, 0, shape, {{"scale", scale}}});
      format.granularity = Granularity::group;
      check({"scaled", format, 32, shape, {{"scale", scale}}, group_config(8, 32)});
      format.granularity = Granularity::tile;
      format.tile_rows = 16;
      check({"scaled", format, 32, shape, {{"scale", scale}}, tiles});
      format.tile_rows = static_cast<int>(shape[1]);
      if (shape[0] > 1)
        check({"scaled", format, static_cast<int>(shape[2]), shape, {{"scale", scale}}});
    }
}

TEST_CASE("bitsandbytes' codes are handed over as any dtype") {
  for (const char* name : {"nf4", "nf4-dq", "fp4", "fp4-dq"})
    for (const int size : {32, 64, 4096})
      for (const TensorShape& shape : {TensorShape{7, 64}, TensorShape{1, 8}, TensorShape{96, 256}})
        for (const char* storage : {"U8", "BF16", "F16", "F32"})
          check({"bitsandbytes-4bit",
                 find_mode(name)->format,
                 size,
                 shape,
                 {{"quant_storage", storage}}});
  check({"bitsandbytes-4bit", find_mode("nf4")->format, 64, {5, 77}});
  check({"bitsandbytes-4bit", find_mode("fp4-dq")->format, 64, {1, 1}});
  for (const TensorShape& shape : kShapes)
    check({"bitsandbytes-int8",
           find_mode("int8")->format,
           0,
           shape,
           {{"weight_format", "U8 [] 00"}}});
}
