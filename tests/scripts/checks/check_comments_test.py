# SPDX-License-Identifier: Apache-2.0
"""check_comments passes comments of 100 columns and fails on wider ones. Run by CTest."""

import functools
import sys
import unittest

sys.dont_write_bytecode = True
from made_tree import run_check  # noqa: E402

CLEAN = {
    "kernels/fit.cuh": "// " + 97 * "x" + "\nint a;  " + "// " + 89 * "x" + "\n",
    "reference/code.cpp": 'const char* text = "' + 100 * "x" + ' http://a";\n',
    "tests/umlauts.cpp": "// " + 97 * "ä" + "\n",
    "scripts/tool": "// " + 200 * "x" + "\n",
}
check = functools.partial(run_check, "check_comments")


class CheckComments(unittest.TestCase):
    def test_comments_of_100_columns_and_wide_code_pass(self):
        self.assertEqual(check(CLEAN), (0, "check_comments: 3 files, 0 breaches\n"))

    def test_a_comment_of_101_columns_fails_alone_on_its_line_or_behind_code(self):
        for file in ["harness/a.h", "kernels/a.cu", "kernels/a.cuh", "suites/made/a.inc", "tests/a.c"]:
            for line in ["// " + 98 * "x", "  int a;  // " + 88 * "x"]:
                with self.subTest(file=file, line=line):
                    status, output = check({**CLEAN, file: "// first line\n" + line + "\n"})
                    self.assertEqual(status, 1, output)
                    self.assertIn(f"{file}:2: a comment of 101 columns", output)
                    self.assertIn(" 1 breaches", output)

    def test_a_tree_without_sources_fails(self):
        status, output = check({"scripts/tool": CLEAN["scripts/tool"]})
        self.assertEqual(status, 1)
        self.assertIn("no source found", output)


if __name__ == "__main__":
    unittest.main()
