// SPDX-License-Identifier: Apache-2.0
// What errors are against, in words.
#include "reports/summaries/references.h"

#include "tests/catch.h"

using namespace qbench;

namespace {

Result row(const char* mode, const char* tensor, const char* stored_as, const char* against = "") {
  Result r;
  r.suite = "roundtrip";
  r.mode = mode;
  r.tensor = tensor;
  r.stored_as = stored_as;
  r.against = against;
  return r;
}

}  // namespace

TEST_CASE("modes of weights that were quantized before are told to round again") {
  const Result rows[] = {row("stored", "a", "gguf Q4_K"), row("nf4", "a", "gguf Q4_K"),
                         row("nf4", "b", "gguf Q6_K"), row("fp4", "b", "gguf Q6_K"),
                         row("nf4", "c", "")};
  CHECK(references_note(rows) ==
        "a second rounding: the file has quantized weights, 1 x gguf Q4_K (a), 1 x gguf Q6_K (b); "
        "errors of other modes are against these, decoded (--against ORIGINAL: against the "
        "original)");
  CHECK(references_note(std::span(rows).first(1)).empty());
  CHECK(references_note(std::span(rows).last(1)).empty());
}

TEST_CASE("an original is named, and what is against it") {
  const Result rows[] = {row("stored", "a", "F16", "orig"), row("nf4", "a", "F16", "orig")};
  CHECK(references_note(rows) ==
        "errors are against the original, orig: of the file's weights alone (stored), and of the "
        "mode on top of the file's weights");
  CHECK(references_note(std::span(rows).last(1)) ==
        "errors are against the original, orig: of the mode on top of the file's weights");
}
