// SPDX-License-Identifier: Apache-2.0
// Matrices of more than 2^32 weights: the first and the last blocks of each grid, on memory that is
// mapped when touched. A program of its own: it brings the kernels and their device along.
#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "kernels/table/device_parts.cuh"
#include "reference/errors/error.h"
#include "tests/catch.h"
#include "tests/kernels/large_matrix.h"

using namespace qbench;
using namespace qbench::emulated;
using namespace qbench::test;

namespace {

using Weight = __nv_bfloat16;

// Modes by name, with block sizes. -dq has few enough groups for the reference to take their mean.
template <class Mode>
struct Named {
  std::string_view name;
  int block_size;
};
void for_each_mode(const auto& act) {
  act(Named<Of<kNf4>>{"nf4", 64});
  act(Named<Of<kNf4Dq>>{"nf4-dq", 4096});
  act(Named<Of<kInt8>>{"int8", 0});
  act(Named<Of<kInt4>>{"int4", 128});
  act(Named<Of<kMxfp4>>{"mxfp4", 32});
}

// Enough for the codes and groups of the rows at an end, a byte of codes a thread, a group a warp.
constexpr std::int64_t kWeightBlocks = 40;

// Enough for the rows at an end and, a thread each, for int8's activations of one row.
constexpr std::int64_t kProductBlocks = 10;

// Launches the first and the last blocks of a grid with a block for `each` of `count`, or a thread
// for each.
template <class... P>
void launch_ends(std::int64_t count, std::int64_t each, int threads, void (*kernel)(P...),
                 std::type_identity_t<P>... arguments) {
  const LaunchConfig config = {.grid = {blocks_for(count, each)},
                               .block = {static_cast<unsigned>(threads)}};
  device().run_ends(kWeightBlocks, [&] { launch(device(), config, kernel, arguments...); });
}
template <class... P>
void launch_ends(std::int64_t count, int threads, void (*kernel)(P...),
                 std::type_identity_t<P>... arguments) {
  launch_ends(count, threads, threads, kernel, arguments...);
}

void double_quantize(const float* absmax, const QuantizedView& q, std::int64_t groups) {
  std::int64_t left = blocks_for(groups, kScaleBlock);
  const DeviceBuffer<double> sums(device(), static_cast<std::size_t>(2 * left));
  double *from = sums.data(), *to = from + left;
  device().fill(from, 0, sums.size() * sizeof(double));  // of the groups between the ends
  launch_ends(groups, kScaleBlock, sum_tree<float>, absmax, from, groups);
  for (; left > 1; left = blocks_for(left, kScaleBlock), std::swap(from, to))
    launch(device(), {.grid = {blocks_for(left, kScaleBlock)}, .block = {kScaleBlock}},
           sum_tree<double>, from, to, left);
  launch_ends(groups, kScaleBlock, quantize_scales<Of<kNf4Dq>>, absmax, from, q, groups);
}

template <class Mode>
void quantize(const Weight* weights, const QuantizedView& q, std::int64_t groups,
              std::int64_t bytes) {
  const DeviceBuffer<float> exact(device(), static_cast<std::size_t>(groups));
  launch_ends(32 * groups, kQuantizeThreads, find_scales<Mode, Weight>, weights, q, exact.data(),
              groups);
  if constexpr (Mode::kOuter == Outer::blocks_less_mean) double_quantize(exact.data(), q, groups);
  if constexpr (Mode::kHasZero)
    launch_ends((groups + 1) / 2, kQuantizeThreads, store_zero_points<4>, exact.data(), q, groups);
  launch_ends(bytes, kQuantizeThreads, find_codes<Mode, Weight>, weights, q, exact.data(), bytes);
}

// The kernels with wide accesses, of the modes and block sizes that they take.
template <class Mode>
void quantize_wide_ends(const Weight* weights, const QuantizedView& q) {
  launch_ends(kRows * kOddCols, kWideChunks * kWideChunk, kWideThreads, quantize_wide<Mode, Weight>,
              weights, q, reinterpret_cast<float*>(q.scales), nullptr);
}
template <class Mode>
void dequantize_wide_ends(const QuantizedView& q, Weight* out) {
  launch_ends(kRows * kOddCols, kWideChunks * kWideChunk, kWideThreads,
              dequantize_wide<Mode, Weight>, q, out, WeightRange{0, kRows * kOddCols}, true);
}

// Device memory of the large matrix in bf16, 0 between the ends.
DeviceBuffer<Weight> upload(const Matrix (&ends)[2]) {
  DeviceBuffer<Weight> all(device(), static_cast<std::size_t>(kRows * ends[0].cols));
  for (const int end : kEnds)
    std::ranges::transform(ends[end].values,
                           part(all.data(), kRows * ends[0].cols, ends[end].size(), end).begin(),
                           from_f32<Weight>);
  return all;
}

bool dequantized_as_expected(const Weight* all, const QuantizedMatrix& quantized, int end) {
  Matrix expected(quantized.rows, quantized.cols);
  reference::dequantize(quantized, expected);
  reference::round_to(Dtype::bf16, expected.values);
  return std::ranges::equal(part(all, kRows * expected.cols, expected.size(), end), expected.values,
                            {}, [](Weight value) { return to_f32(value); });
}

// The kernel error over the columns of y = x W^T, 1 x n, that belong to the end.
double product_error(const Kernel& kernel, const Matrix& x, const Matrix& y,
                     const QuantizedMatrix& quantized, int end) {
  Matrix own(1, quantized.rows);
  std::ranges::copy(part(y.values.data(), y.cols, own.cols, end), own.values.begin());
  return kernel_error(expected_matmul(x, quantized, Dtype::bf16), own, kernel.arithmetic).largest;
}

// The kernels of the modes above, compiled here.
std::vector<Kernel> kernels_here() {
  DeviceKernels kernels;
  add_mode<kNf4>(kernels);
  add_mode<kNf4Dq>(kernels);
  add_mode<kInt8>(kernels);
  add_mode<kInt4>(kernels);
  add_mode<kMxfp4>(kernels);
  return for_every_mode(kernels.own);
}

void check_products(const Mode& mode, int block_size) {
  constexpr std::int64_t k = kTileCols;
  const Matrix x = random_matrix(1, k, 3);
  Large large(mode, block_size, k);
  Matrix weights;  // its shape is all that products ask for
  weights.rows = kRows;
  weights.cols = k;
  const Problem problem = {.op = Op::matmul,
                           .mode = &mode,
                           .weights = &weights,
                           .quantized = &large.all,
                           .x = &x,
                           .dtype = Dtype::bf16};
  for (const Kernel& kernel : kernels_here()) {
    if (kernel.op != Op::matmul || kernel.mode != &mode) continue;
    if (!kernel.unsupported(problem).empty()) continue;
    // So many that gemv-mma, which shares out all rows, gives few to each block, and gemm-mma the
    // 256 rows of one place to each.
    device().processors = kernel.name == "gemv-mma" ? 65535 : static_cast<int>((kRows + 255) / 256);
    const std::unique_ptr<Trial> trial = kernel.prepare(problem);
    trial->poison();
    device().run_ends(kProductBlocks, [&] { trial->run_once(); });
    for (const int end : kEnds) {
      CAPTURE(kernel.name, mode.name, end);
      CHECK(product_error(kernel, x, trial->output(), large.ends[end], end) <= 1);
    }
  }
}

}  // namespace

Device& qbench::emulated::open_device(int) { return device(); }

TEST_CASE("quantize and dequantize are right at both ends of more than 2^32 weights") {
  where_memory_can_be_mapped([] {
    for_each_mode([]<class Mode>(const Named<Mode>& mode) {
      Large large(*find_mode(mode.name), mode.block_size, kOddCols);
      const DeviceBuffer<Weight> weights = upload(large.weights);
      DeviceMatrix q(device(), large.all);
      const std::int64_t bytes = large.all.weight_bytes();
      q.fill(0xa5);
      quantize<Mode>(weights.data(), q.view(), large.all.groups().groups(), bytes);
      q.copy_to(large.all);
      const DeviceBuffer<Weight> out(device(), weights.size());
      launch_ends(bytes, kDequantizeThreads, dequantize<Mode, Weight>, q.view(), out.data(),
                  WeightRange{0, kRows * kOddCols}, bytes);
      for (const int end : kEnds) {
        CAPTURE(mode.name, end);
        CHECK(large.as_expected(end));
        CHECK(dequantized_as_expected(out.data(), large.ends[end], end));
      }
    });
  });
}

TEST_CASE("wide accesses are right at both ends of more than 2^32 weights") {
  using Mode = Of<kNf4>;
  where_memory_can_be_mapped([] {
    Large large(*find_mode("nf4"), 64, kOddCols);
    const DeviceBuffer<Weight> weights = upload(large.weights);
    DeviceMatrix q(device(), large.all);
    q.fill(0xa5);
    quantize_wide_ends<Mode>(weights.data(), q.view());
    q.copy_to(large.all);
    const DeviceBuffer<Weight> out(device(), weights.size());
    dequantize_wide_ends<Mode>(q.view(), out.data());
    for (const int end : kEnds) {
      CAPTURE(end);
      CHECK(large.as_expected(end));
      CHECK(dequantized_as_expected(out.data(), large.ends[end], end));
    }
  });
}

TEST_CASE("every product is right at both ends of more than 2^32 weights") {
  where_memory_can_be_mapped([] {
    for_each_mode([](const auto& mode) { check_products(*find_mode(mode.name), mode.block_size); });
  });
}

TEST_CASE("int8's activations are right at both ends of more than 2^32") {
  constexpr std::int64_t kCols = kOddCols;
  where_memory_can_be_mapped([] {
    const Matrix ends[] = {random_matrix(rows_of(0), kCols, 1),
                           random_matrix(rows_of(1), kCols, 2)};
    const DeviceBuffer<Weight> x = upload(ends);
    const DeviceBuffer<__half> values(device(), x.size());
    const DeviceBuffer<std::int8_t> codes(device(), x.size());
    const DeviceBuffer<float> row_absmax(device(), kRows);
    const DeviceBuffer<unsigned> flags(device(), std::vector<unsigned>((kCols + 31) / 32));
    const DeviceBuffer<int> columns(device(), kCols), count(device(), 1);
    const Int8View view = {values.data(), codes.data(),   row_absmax.data(),
                           flags.data(),  columns.data(), count.data(),
                           kRows,         kCols};
    launch_ends(kRows * kInt8Threads, kInt8Threads, find_outliers<Of<kInt8>, Weight>, x.data(),
                view);
    launch(device(), {.block = {kInt8Threads}}, list_outliers, view);
    launch_ends(kRows * kCols, kInt8Threads, quantize_activations, view);

    Matrix both(rows_of(0) + rows_of(1), kCols);
    for (const int end : kEnds)
      std::ranges::copy(ends[end].values,
                        part(both.values.data(), both.size(), ends[end].size(), end).begin());
    auto expected = reference::quantize_activations(both, *find_mode("int8")->format.activations);
    REQUIRE(!expected.outliers.empty());
    REQUIRE(count.to_host()[0] == std::ssize(expected.outliers));
    CHECK(std::equal(expected.outliers.begin(), expected.outliers.end(), columns.data()));
    for (const int end : kEnds) {
      const auto at_end = [&](auto* all, std::int64_t each) {
        return part(all, kRows * each, rows_of(end) * each, end);
      };
      const auto of_end = [&](auto& all, std::int64_t each) {
        return part(all.data(), std::ssize(all), rows_of(end) * each, end);
      };
      CAPTURE(end);
      CHECK(std::ranges::equal(at_end(codes.data(), kCols), of_end(expected.codes.values, kCols)));
      CHECK(std::ranges::equal(at_end(values.data(), kCols), of_end(expected.values.values, kCols),
                               {}, __half2float));
      CHECK(std::ranges::equal(at_end(row_absmax.data(), 1), of_end(expected.row_absmax, 1)));
    }
  });
}

TEST_CASE("scales and zero points are right at both ends of more than 2^31 groups") {
  where_memory_can_be_mapped([] {
    constexpr std::int64_t kGroups = (std::int64_t{1} << 31) + 5, kCounts[] = {kScaleBlock, 5};
    std::vector<float> ends(kCounts[0] + kCounts[1]);
    std::mt19937 random(1);
    for (float& value : ends) value = static_cast<float>(random() % 16);
    const DeviceBuffer<float> all(device(), kGroups);
    for (const int end : kEnds)
      std::ranges::copy(part(ends.data(), std::ssize(ends), kCounts[end], end),
                        part(all.data(), kGroups, kCounts[end], end).begin());

    const Mode& mode = *find_mode("nf4-dq");
    const Partition groups = {std::ssize(ends), std::ssize(ends), 1};
    StoredNumbers expected = reference::room_for_numbers(mode.format.scale, groups);
    reference::store(ends, mode.format.scale, mode.quantizer, groups, expected);
    const std::int64_t blocks = blocks_for(kGroups, kScaleBlock);
    const DeviceBuffer<std::uint8_t> scales(device(), kGroups), zeros(device(), kGroups / 2 + 1);
    const DeviceBuffer<float> outer(device(), static_cast<std::size_t>(blocks));
    const DeviceBuffer<double> sums(device(), static_cast<std::size_t>(blocks));
    const QuantizedView q = {.codes = nullptr,
                             .scales = scales.data(),
                             .zeros = zeros.data(),
                             .outer = outer.data(),
                             .offset = reinterpret_cast<float*>(expected.offset.data()),
                             .scale_map = reference::dynamic_map().data(),
                             .rows = kGroups,
                             .cols = 1,
                             .block_size = 1};
    launch_ends(kGroups, kScaleBlock, sum_tree<float>, all.data(), sums.data(), kGroups);
    const double sum = double{*q.offset} * kGroups;  // of a mean that is that of the ends
    launch_ends(kGroups, kScaleBlock, quantize_scales<Of<kNf4Dq>>, all.data(), &sum, q, kGroups);
    launch_ends(kGroups / 2 + 1, kQuantizeThreads, store_zero_points<4>, all.data(), q, kGroups);
    for (const int end : kEnds) {
      const auto own = part(ends.data(), std::ssize(ends), kCounts[end], end);
      const auto numbers = part(expected.numbers.data(), std::ssize(ends), kCounts[end], end);
      CAPTURE(end);
      CHECK(sums.data()[end * (blocks - 1)] == reference::tree_sum(own));
      CHECK(outer.data()[end * (blocks - 1)] ==
            reinterpret_cast<const float*>(expected.outer.data())[end]);
      CHECK(std::ranges::equal(part(scales.data(), kGroups, kCounts[end], end), numbers, {}, {},
                               [](std::byte b) { return std::to_integer<std::uint8_t>(b); }));
      for (std::int64_t i = 0; i < kCounts[end]; ++i) {
        const std::int64_t g = end == 0 ? i : kGroups - kCounts[end] + i;
        CHECK((zeros.data()[g / 2] >> g % 2 * 4 & 15) == static_cast<int>(own[i]));
      }
    }
  });
}
