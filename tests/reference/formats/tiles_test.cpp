// SPDX-License-Identifier: Apache-2.0
// Tiles, and rows and tensors of small floats: which weights share a scale, also where tiles are
// cut off by the edges of the matrix.
#include "tests/catch.h"
#include "tests/reference/matrices.h"

namespace qbench::test {
namespace {

struct Tiles {
  const char* mode;
  std::int64_t rows, cols;
};
constexpr Tiles kTiles[] = {{"fp8-128x128", 128, 128},
                            {"fp8-e5m2-128x128", 128, 128},
                            {"fp8-1x128", 1, 128},
                            {"fp8-e5m2-1x128", 1, 128},
                            {"nvfp4-16x16", 16, 16}};

std::int64_t up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

// Every tile is weights of one magnitude, a power of two of its own, which any scale takes exactly.
Matrix powers_by_tile(const Tiles& tiles, std::int64_t rows, std::int64_t cols) {
  Matrix w(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c) {
      const std::int64_t tile = r / tiles.rows * up(cols, tiles.cols) + c / tiles.cols;
      const float power = std::ldexp(1.0f, static_cast<int>(tile % 7));
      w.row(r)[c] = (r + c) % 3 == 0 ? -power : power;
    }
  return w;
}

TEST_CASE("every tile has its own scale, whole or cut off by either edge") {
  for (const Tiles& tiles : kTiles)
    for (const std::int64_t rows :
         {std::int64_t{1}, tiles.rows, tiles.rows + 1, 2 * tiles.rows + 5})
      for (const std::int64_t cols :
           {std::int64_t{1}, tiles.cols - 1, tiles.cols, tiles.cols + 1, 2 * tiles.cols + 3}) {
        CAPTURE(tiles.mode, rows, cols);
        const Matrix w = powers_by_tile(tiles, rows, cols);
        const QuantizedMatrix q = quantized(tiles.mode, static_cast<int>(tiles.cols), w);
        const std::int64_t bytes_each = q.format->scale.storage.bits / 8;
        CHECK(static_cast<std::int64_t>(q.scales.numbers.size()) ==
              up(rows, tiles.rows) * up(cols, tiles.cols) * bytes_each);
        const auto decoded = dequantized(q);
        double most = 0;  // f32 scales and E4M3 under one of the tensor are not exact powers
        for (std::size_t i = 0; i < decoded.size(); ++i)
          most = std::max(most, std::abs(double{decoded[i]} / double{w.values[i]} - 1));
        CHECK(most <= 0x1p-22);
      }
}

TEST_CASE("a weight changes the scale of its own tile alone") {
  for (const Tiles& tiles : {kTiles[0], kTiles[4]}) {
    const std::int64_t rows = 2 * tiles.rows + 3, cols = 2 * tiles.cols + 9;
    std::vector<float> values = random_values(rows * cols, 71);
    values[0] = 1000;  // the absmax of the tensor
    const QuantizedMatrix before =
        quantized(tiles.mode, static_cast<int>(tiles.cols), matrix(rows, cols, values));
    const std::int64_t r = tiles.rows + 2, c = 2 * tiles.cols + 1;
    values[static_cast<std::size_t>(r * cols + c)] = 500;
    const QuantizedMatrix after =
        quantized(tiles.mode, static_cast<int>(tiles.cols), matrix(rows, cols, values));
    const auto each = static_cast<std::size_t>(before.format->scale.storage.bits / 8);
    for (std::size_t byte = 0; byte < before.scales.numbers.size(); ++byte) {
      CAPTURE(tiles.mode, byte / each);
      if (byte / each != 3 + 2) CHECK(before.scales.numbers[byte] == after.scales.numbers[byte]);
    }
    CHECK(before.scales.numbers != after.scales.numbers);
  }
}

TEST_CASE("FP8 and FP6 scale the absmax of what shares a scale to the largest number") {
  struct Sharing {
    const char* mode;
    float largest;
    std::size_t scales;
  };
  for (const auto& [mode, largest, scales] : {Sharing{"fp8", 448, 1},
                                              {"fp8-row", 448, 3},
                                              {"fp8-e5m2", 57344, 1},
                                              {"fp8-e5m2-row", 57344, 3},
                                              {"fp6-e3m2", 28, 3},
                                              {"fp6-e2m3", 7.5f, 3}}) {
    CAPTURE(mode);
    const std::vector<float> values = {1, -2, 3, 4, 5, -6, 0, 0, 0};
    const QuantizedMatrix q = quantized(mode, 0, matrix(3, 3, values));
    const auto stored = numbers<float>(q.scales.numbers);
    REQUIRE(stored.size() == scales);
    if (scales == 1)
      CHECK(stored[0] == 6 / largest);
    else
      CHECK(stored == std::vector{3 / largest, 6 / largest, 1.0f});  // zeros: 1
  }
}

}  // namespace
}  // namespace qbench::test
