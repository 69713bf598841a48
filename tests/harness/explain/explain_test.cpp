// SPDX-License-Identifier: Apache-2.0
// The screen of every mode fits, and says what the description says.
#include "harness/explain/explain.h"

#include <algorithm>
#include <sstream>

#include "harness/explain/page.h"
#include "harness/explain/quantizer_text.h"
#include "harness/explain/size_sum.h"
#include "reference/planes/codec.h"
#include "reference/planes/quantized_matrix.h"
#include "suites/checkpoints/containers/gguf_layouts.h"
#include "suites/mode_sets.h"
#include "tests/catch.h"

namespace qbench {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

// The paragraph, its lines joined by blanks.
std::string paragraph(std::string_view mode, const std::string& label) {
  std::string out;
  bool inside = false;
  for (const std::string& line : lines(explained(*find_mode(mode)))) {
    if (!line.starts_with(' ')) inside = line.starts_with(label + " ");
    if (inside) out += (out.empty() ? "" : " ") + line.substr(line.find_first_not_of(' '));
  }
  return out;
}

// Where a mode's codec and thresholds send a number.
float level_of(const Mode& mode, float x) {
  std::uint8_t code = 0;
  reference::encode(mode.format.codec, mode.format.bits, mode.quantizer, &x, 1, 0, &code);
  return std::get<Codebook>(mode.format.codec).values[code];
}

}  // namespace

TEST_CASE("every mode is explained on a screen of 80 x 40, with its name first and its planes") {
  for (const Mode* mode : all_modes()) {
    const std::string text = explained(*mode);
    CAPTURE(text);
    const auto all = lines(text);
    CHECK(all.size() <= 40);
    for (const std::string& line : all) CHECK(line.size() <= 80);
    CHECK(text.starts_with(std::string(mode->name) + ": "));
    const QuantizedMatrix q(mode->format, mode->block_size, 2, 256);
    for_each_plane(q, [&](Plane plane, const auto& bytes) {
      const std::string begin = "            " + std::string(name(plane).name) + " ";
      const bool drawn =
          std::ranges::any_of(all, [&](const auto& line) { return line.starts_with(begin); });
      CHECK(drawn == !bytes.empty());
    });
  }
}

TEST_CASE("the sum of bits is what the planes of a matrix of whole groups take, for every mode") {
  for (const Mode* mode : all_modes()) {
    const std::int64_t n = 2 * std::max(mode->format.tile_rows, 1), k = 65536;
    const SizeSum sum = size_sum(mode->format, mode->block_size);
    const QuantizedMatrix q(mode->format, mode->block_size, n, k);
    CAPTURE(mode->name, sum.text);
    CHECK(8 * static_cast<double>(q.weight_bytes() + q.scale_bytes()) ==
          sum.per_param * static_cast<double>(n * k) + sum.per_row * static_cast<double>(n) +
              sum.per_column * static_cast<double>(k) + sum.per_tensor);
  }
}

TEST_CASE("bits are a sum of ratios, and what does not grow with the weights has its name") {
  const auto sum = [](const char* mode) {
    return size_sum(find_mode(mode)->format, find_mode(mode)->block_size).text;
  };
  CHECK(sum("nf4") == "4 + 32/64 = 4.5");
  CHECK(sum("nf4-dq") == "4 + 8/64 + 32/16384 = 4.12695, and 32 of the tensor");
  CHECK(sum("int4") == "4 + 16/128 + 4/128 = 4.15625");
  CHECK(sum("int8") == "8, and 32 a row");
  CHECK(sum("nvfp4") == "4 + 8/16 = 4.5, and 32 of the tensor");
  CHECK(sum("bf16") == "16");
  const Format& int4 = find_mode("int4")->format;
  CHECK(size_sum(int4, kWholeRow).text == "4, and 16 a row, and 4 a row");
  CHECK(size_sum(int4, kWholeTensor).text == "4, and 16 of the tensor, and 4 of the tensor");
}

TEST_CASE("levels are those of the codec") {
  CHECK_THAT(paragraph("nf4", "levels"),
             ContainsSubstring("16 numbers, by code: -1 -0.6961928 -0.52507305 -0.3949175"));
  CHECK_THAT(paragraph("int4", "levels"), ContainsSubstring("the integers 0 to 15"));
  CHECK_THAT(paragraph("int8", "levels"), ContainsSubstring("-127 to 127"));
  CHECK_THAT(paragraph("mxfp4", "levels"),
             ContainsSubstring("2 bits of exponent (bias 1), 1 of mantissa") &&
                 ContainsSubstring(": 0 0.5 1 1.5 2 3 4 6 and their negatives"));
  CHECK_THAT(paragraph("bf16", "levels"), ContainsSubstring("kept as bf16"));
}

TEST_CASE("scales are told level by level, and weights by their formula") {
  CHECK_THAT(paragraph("nf4-dq", "scale"),
             ContainsSubstring("times an outer scale of 256 that follow each other") &&
                 ContainsSubstring("plus the mean of all"));
  CHECK_THAT(paragraph("nvfp4", "scale"),
             ContainsSubstring("E4M3 up to 448, times an outer scale"));
  CHECK_THAT(paragraph("int4", "decoded"), ContainsSubstring("(code - point) * scale,"));
  CHECK_THAT(paragraph("int8", "decoded"), ContainsSubstring("code * scale * (1 / 127)"));
}

TEST_CASE("what a quantizer does is told by its fields") {
  CHECK_THAT(paragraph("mxfp4", "quantized"),
             ContainsSubstring(
                 "scale = s / 4; a scale becomes a power of two: the greatest that is not above"));
  CHECK_THAT(paragraph("nvfp4", "quantized"), ContainsSubstring("a scale that would be 0 is 1"));
  CHECK_THAT(paragraph("int8", "quantized"),
             ContainsSubstring("rounded to fp16 first") &&
                 ContainsSubstring("x = w * (127 / the stored scale)"));
  CHECK_THAT(paragraph("q8_0", "quantized"), ContainsSubstring("x = w * (1 / the exact scale)") &&
                                                 ContainsSubstring("ties away from zero"));
}

TEST_CASE("every table of levels has an origin, which its page tells") {
  for (const Mode* mode : all_modes())
    if (const auto* book = std::get_if<Codebook>(&mode->format.codec)) {
      CAPTURE(mode->name);
      CHECK(!book->origin.empty());
      const std::string levels = paragraph(mode->name, "levels");
      CHECK_THAT(levels, ContainsSubstring(std::string(book->origin)));
    }
  CHECK_THAT(paragraph("nf4", "levels"), ContainsSubstring("from 0.9677083 towards 1/2"));
  CHECK_THAT(paragraph("fp4", "levels"), ContainsSubstring("0.0625 / 12 in place of 1 / 12"));
}

TEST_CASE("ties of thresholds are told as the codec has them") {
  const auto told = [](const char* mode) { return thresholds_text(*find_mode(mode)); };
  for (const char* mode : {"nf4", "nf3", "nf2", "bnb.nf4", "nf4-dq"})
    CHECK(told(mode) == "x goes to the nearest level, a tie to the lower");
  CHECK(level_of(*find_mode("nf2"), -0.5f) == -1);
  CHECK(told("b1.58") == "x goes to the nearest level, a tie towards 0");
  CHECK((level_of(*find_mode("b1.58"), -0.5f) == 0 && level_of(*find_mode("b1.58"), 0.5f) == 0));
  for (const char* mode : {"tq1_0", "tq2_0", "q2_0"}) {
    CHECK_THAT(told(mode), ContainsSubstring("x goes to the nearest level, a tie away from 0"));
    CHECK((level_of(*find_mode(mode), -0.5f) == -1 && level_of(*find_mode(mode), 0.5f) == 1));
  }
  CHECK_THAT(told("q2_0"), ContainsSubstring("code 3 is never written"));
  CHECK_THAT(told("tq1_0"), !ContainsSubstring("never written"));
  for (const char* mode : {"binary", "binary-group"})
    CHECK(told(mode) == "x goes to the nearest level, a tie to the higher");
  CHECK(level_of(*find_mode("binary"), 0) == 1);
}

TEST_CASE("thresholds that are no midpoints are printed, and what is on them has its place") {
  for (const char* mode : {"twn", "ternary-ls"}) {
    CHECK(thresholds_text(*find_mode(mode)) ==
          "the level of x changes at -1 1; there it goes towards 0");
    CHECK((level_of(*find_mode(mode), -1) == 0 && level_of(*find_mode(mode), 1) == 0));
  }
  const std::string fp4 = thresholds_text(*find_mode("fp4"));
  CHECK_THAT(fp4, ContainsSubstring("the level of |x| changes at 0.00260417 0.0859375 "));
  CHECK_THAT(fp4, ContainsSubstring("0.8333333; there it goes to the lower; the sign is the top"));
  CHECK(level_of(*find_mode("fp4"), 0.0859375f) == 0.0625f / 12);
}

TEST_CASE("every search has words, and those that divide by something else say so") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const SearchText search = search_text(*mode);
    CHECK(search.text.empty() == std::holds_alternative<std::monostate>(mode->quantizer.search));
  }
  CHECK_THAT(paragraph("twn", "quantized"), ContainsSubstring("0.7 of the mean |w|") &&
                                                ContainsSubstring("x = w / the threshold"));
  CHECK_THAT(paragraph("b1.58", "quantized"), ContainsSubstring("but no less than"));
  CHECK_THAT(paragraph("int4-hqq", "quantized"), ContainsSubstring("x = w * f + point;"));
  CHECK_THAT(paragraph("q4_k", "quantized"), !ContainsSubstring("x = "));
  CHECK_THAT(paragraph("nvfp4-mse", "quantized"),
             ContainsSubstring("from 4 codes below that one to 5 above it, within 1 to 126") &&
                 ContainsSubstring("the least on ties"));
  CHECK_THAT(paragraph("nvfp4-46", "quantized"), ContainsSubstring("the first on ties"));
  CHECK_THAT(paragraph("mxint8-mse", "quantized"),
             ContainsSubstring("of that scale and the next that can be stored") &&
                 ContainsSubstring("the least on ties"));
  CHECK_THAT(paragraph("ternary-ls", "quantized"),
             ContainsSubstring("the threshold is then half the scale before, at most 16 times"));
  CHECK_THAT(paragraph("int4-hqq", "quantized"),
             ContainsSubstring("and 1 where that range is at most 1e-4") &&
                 ContainsSubstring("at most 20 times while the mean |error| falls"));
}

TEST_CASE("searches are told by what is stored: outer scales, powers of two and small floats") {
  CHECK_THAT(paragraph("iq4_xs", "quantized"),
             ContainsSubstring("stored under their outer scale, and codes taken anew"));
  CHECK_THAT(paragraph("iq4_nl", "quantized"), !ContainsSubstring("outer"));
  CHECK_THAT(
      paragraph("mxfp4-ggml", "quantized"),
      ContainsSubstring("the power of two that is not above it") && !ContainsSubstring("half up"));
  CHECK_THAT(paragraph("nvfp4-1l", "quantized"),
             ContainsSubstring("rounded half up; from 256 on it is 448") &&
                 !ContainsSubstring("power of two"));
  CHECK_THAT(paragraph("nvfp4-torchao", "quantized"),
             ContainsSubstring("x = w * ((1 / outer scale) / the stored E4M3)"));
}

TEST_CASE("a base-3 digit has three levels, and 256 of them 52 bytes") {
  for (const char* mode : {"tq1_0", "b1.58", "twn", "ternary-ls"}) {
    CHECK_THAT(paragraph(mode, "levels"), ContainsSubstring("3 numbers, by digit: -1 0 1 ("));
    CHECK_THAT(paragraph(mode, "codes"), ContainsSubstring("every 256 in 52 bytes"));
  }
  CHECK_THAT(paragraph("tq2_0", "levels"), ContainsSubstring("4 numbers, by code: -1 0 1 2"));
}

TEST_CASE("planes that a GGUF file holds otherwise are said to be qbench's own") {
  for (const Mode* mode : all_modes()) {
    CAPTURE(mode->name);
    const bool told = !paragraph(mode->name, "planes").empty();
    CHECK(told == (find_gguf_layout(mode->format, mode->block_size) != nullptr));
    if (mode->family == "gguf") CHECK(told);
  }
  CHECK(paragraph("q4_k", "planes") ==
        "planes      qbench's own; a GGUF file has blocks of 144 bytes for 256 weights");
}

TEST_CASE("the bytes of the example are those of the reference, with what they say") {
  CHECK_THAT(explained(*find_mode("int8")),
             ContainsSubstring("codes          64 bytes  81 d0 20 6f b1 00 ..  -127 -48 32 111"));
  CHECK_THAT(explained(*find_mode("nf4")), ContainsSubstring("2 x 32 in blocks of 32"));
  CHECK_THAT(explained(*find_mode("int3")),
             ContainsSubstring("  58 2f 3a eb c5 87 ..  0 3 5 7") &&
                 ContainsSubstring(" 0x58 = 01 011 000, code 0 on the right\n"));
  CHECK_THAT(explained(*find_mode("tq1_0")),
             ContainsSubstring("  42 73 41 73 41 67 ..  0 1 1 2 0 ") &&
                 ContainsSubstring(" 0x42 = 0 + 1*3 + 1*9 + 2*27 + 0*81\n"));
  CHECK_THAT(explained(*find_mode("mxfp4")),
             ContainsSubstring("scales          2 bytes  7d 7e                 0.25 0.5\n"));
}

TEST_CASE("paragraphs are wrapped at blanks, and long words stand alone") {
  CHECK(wrapped("a bb ccc", 6, 2) == "a bb\n  ccc");
  CHECK(wrapped("abcdefgh ij", 4, 1) == "abcdefgh\n ij");
  CHECK(wrapped("", 4, 1).empty());
}

}  // namespace qbench
