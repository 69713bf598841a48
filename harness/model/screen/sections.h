// SPDX-License-Identifier: Apache-2.0
// The sections of the screen, each as lines of at most as many columns as the content says.
#pragma once

#include <string>
#include <vector>

#include "harness/model/screen/screen.h"

namespace qbench {

using Lines = std::vector<std::string>;

// Sections that have a form of fewer lines, for screens without room.
enum class Length { whole, brief };

Lines header_lines(const ScreenContent& content, Length length);
// The line of the file's own formats, if they are known, and at most `most` modes, between the
// heading and the legend of the marks.
Lines mode_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most);
Lines mark_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most);
// How many layers each mode wins, at each block size that several have.
Lines won_lines(const Network& network, std::size_t width);
Lines worst_lines(const ScreenContent& content, std::size_t mode, std::size_t most);
Lines plan_lines(const ScreenContent& content);
// What to do next; `advice` is the mode that advice is about.
Lines next_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t advice, Length length);

// --- Words

std::string layer_name(const Result& row);  // without ".weight"
std::string block_text(const Candidate& candidate);

// "24.61 dB", "exact" or "undefined".
std::string error_text(double nmse);

// "q4_k, q6_k in the 31 of 37 layers whose rows are not whole blocks of 256", of the modes of GGUF
// for which there are such layers; or empty.
std::string unfit_text(const Network& network);

// The lines of a text.
void add_lines(Lines& lines, const std::string& text);

// The text beside its label, in as many lines as it takes.
void add_labelled(Lines& lines, const std::string& label, const std::string& text,
                  std::size_t width);

}  // namespace qbench
