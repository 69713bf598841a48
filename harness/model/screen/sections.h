// SPDX-License-Identifier: Apache-2.0
// The sections of the screen, each as lines of at most as many columns as the content says.
#pragma once

#include <string>
#include <vector>

#include "harness/model/screen/screen.h"

namespace qbench {

using Lines = std::vector<std::string>;

Lines header_lines(const ScreenContent& content);
// What the file has, where that is told, and at most `most` modes, between the heading and a line on
// the marks.
Lines mode_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t most);
// How many layers each mode wins, at each block size that several have.
Lines won_lines(const Network& network, std::size_t width);
Lines worst_lines(const ScreenContent& content, std::size_t mode, std::size_t most);
Lines plan_lines(const ScreenContent& content);
// What to do next; `advice` is the mode that advice is about.
Lines next_lines(const ScreenContent& content, const std::vector<ModeFigures>& modes,
                 std::size_t advice);

// --- Words

std::string layer_name(const Result& row);  // without ".weight"
std::string block_text(const Candidate& candidate);

// The lines of a text.
void add_lines(Lines& lines, const std::string& text);

// The text beside its label, in as many lines as it takes.
void add_labelled(Lines& lines, const std::string& label, const std::string& text,
                  std::size_t width);

}  // namespace qbench
