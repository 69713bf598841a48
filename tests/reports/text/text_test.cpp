// SPDX-License-Identifier: Apache-2.0
// Text from files: what stays readable, what is escaped, how wide it is and where it is cut.
#include "reports/text/text.h"

#include <random>
#include <utility>

#include "reports/results/markdown.h"
#include "tests/catch.h"

using namespace qbench;

namespace {

// "e" and a combining acute accent.
const std::string kAccented = "e\u0301";

bool is_ascii_control(unsigned char c) { return c < ' ' || c == 0x7f; }

}  // namespace

TEST_CASE("what is readable stays as it is") {
  for (const std::string text :
       {"", "model.layers.0.weight", "层.权重", "größe", "слой", "naïve ~ \\d+ \"x\"", "😀"})
    CHECK(printable(text) == text);
  CHECK(printable(kAccented) == kAccented);
}

TEST_CASE("control and format characters are escaped so that they can be seen") {
  for (const auto& [text, expected] : {
           std::pair<std::string, std::string>{"a\nb\r\tc", "a\\nb\\r\\tc"},
           {"\x1b[2J\x7f", "\\x1b[2J\\x7f"},
           {std::string("a\0b", 3), "a\\x00b"},
           {"\u0085", "\\u{85}"},
           {"a\u202eb\u2066", "a\\u{202e}b\\u{2066}"},
           {"zero\u200bwidth\ufeff\u00ad", "zero\\u{200b}width\\u{feff}\\u{ad}"},
           {"\u2028\u2029", "\\u{2028}\\u{2029}"},
           {"\ue000\u0378\U000e0041", "\\u{e000}\\u{378}\\u{e0041}"},
       })
    CHECK(printable(text) == expected);
}

TEST_CASE("bytes that are no UTF-8 are escaped one by one") {
  CHECK(printable("a\xff\xc3(") == "a\\xff\\xc3(");
  CHECK(printable("\xe5\xb1") == "\\xe5\\xb1");               // cut off
  CHECK(printable("\xc0\x80") == "\\xc0\\x80");               // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");      // a surrogate
  CHECK(printable("\xf4\x90\x80\x80").starts_with("\\xf4"));  // beyond U+10FFFF
}

TEST_CASE("whatever the bytes, printable text has no control character and stays as it is") {
  std::mt19937 random(1);
  for (int run = 0; run < 2000; ++run) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() % 64 : random() % 256);
    const std::string out = printable(text);
    REQUIRE(std::ranges::none_of(out, is_ascii_control));
    REQUIRE(printable(out) == out);
    const std::size_t width = random() % 20;
    REQUIRE(display_width(shorten(out, width)) <= width);
    REQUIRE(printable(shorten(out, width)) == shorten(out, width));
  }
}

TEST_CASE("wide characters take two columns and combining ones none") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("层.权重") == 7);
  CHECK(display_width(kAccented + "x") == 2);
  CHECK(display_width("größe") == 5);
}

TEST_CASE("text is shortened in its middle to a width, never inside a character") {
  CHECK(shorten("abcdefghij", 10) == "abcdefghij");
  CHECK(shorten("abcdefghijk", 10) == "abcd...ijk");
  CHECK(shorten("层层层层层层", 12) == "层层层层层层");
  CHECK(shorten("层层层层层层", 11) == "层层...层层");
  CHECK(shorten("层层层层层层", 10) == "层层...层");
  CHECK(shorten(kAccented + kAccented + kAccented + kAccented + kAccented, 4) == kAccented + "...");
  CHECK(shorten("层层", 3) == "层");
  CHECK(shorten("abc", 0).empty());
}

TEST_CASE("of text that is shortened the beginning and the end stay, with no room unused") {
  std::string text = "a";
  for (char c = 'b'; c <= 'z'; ++c) text += c;
  for (std::size_t width = 4; width < text.size(); ++width) {
    CAPTURE(width);
    const std::string out = shorten(text, width);
    const std::size_t dots = out.find("...");
    REQUIRE(dots != out.npos);
    const std::string head = out.substr(0, dots), tail = out.substr(dots + 3);
    CHECK(out.size() == width);
    CHECK(text.starts_with(head));
    CHECK(text.ends_with(tail));
    CHECK((head.size() == tail.size() || head.size() == tail.size() + 1));
  }
  CHECK(shorten(text, text.size()) == text);
}

TEST_CASE("text is padded by its width") {
  CHECK(pad("层", 4, true) == "  层");
  CHECK(pad("层", 4, false) == "层  ");
  CHECK(pad("abc", 2, true) == "abc");
}

TEST_CASE("an escape stays one in Markdown") { CHECK(escaped(printable("a\nb|")) == "a\\\\nb\\|"); }
