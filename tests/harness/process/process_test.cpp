// SPDX-License-Identifier: Apache-2.0
// Programs are run with what they are given, and what they say is kept.
#include "harness/process/process.h"

#include "tests/catch.h"

namespace qbench {
namespace {

Ended shell(const std::string& text, Command command = {}) {
  command.arguments = {"bash", "-c", text};
  return run_process(command);
}

TEST_CASE("a process gives its exit code, stdout and stderr") {
  const Ended ended = shell("echo out; echo err >&2; exit 3");
  CHECK(ended.code == 3);
  CHECK(ended.out == "out\n");
  CHECK(ended.err == "err\n");
}

TEST_CASE("much output is kept whole") {
  const Ended ended = shell("head -c 300000 /dev/zero | tr '\\0' x; head -c 70000 /dev/zero >&2");
  CHECK(ended.out == std::string(300000, 'x'));
  CHECK(ended.err.size() == 70000);
}

TEST_CASE("a signal is 128 and its number") { CHECK(shell("kill -9 $$").code == 137); }

TEST_CASE("a process has its folder, its variables, and nothing on stdin") {
  CHECK(shell("pwd", {.folder = "/"}).out == "/\n");
  CHECK(shell("echo $QBENCH_TEST$HOME", {.environment = {{"QBENCH_TEST", "a b"}, {"HOME", "/h"}}})
            .out == "a b/h\n");
  CHECK(shell("cat").out.empty());
}

TEST_CASE("a program that is not there, and a folder, are errors with a reason") {
  CHECK_THROWS_WITH(run_process({.arguments = {"/nonexistent/qbench"}}),
                    "cannot run /nonexistent/qbench: No such file or directory");
  CHECK_THROWS_AS(shell("true", {.folder = "/nonexistent"}), std::runtime_error);
}

TEST_CASE("the last line is the last that is not blank") {
  CHECK(last_line("a\nb c\n\n \n") == "b c");
  CHECK(last_line("one") == "one");
  CHECK(last_line("\n").empty());
}

TEST_CASE("a shell takes a line back as it was") {
  const std::vector<std::string> words = {"printf", "%s|",     "a b",      "it's",
                                          "",       "$HOME;x", "plain/1.5"};
  CHECK(shell(shell_line(words)).out == "a b|it's||$HOME;x|plain/1.5|");
}

TEST_CASE("a temporary folder is there as long as its object") {
  std::string path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    CHECK(shell("touch x; ls", {.folder = path}).out == "x\n");
  }
  CHECK(shell("test -e " + path).code == 1);
}

}  // namespace
}  // namespace qbench
