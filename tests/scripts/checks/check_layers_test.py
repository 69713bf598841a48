# SPDX-License-Identifier: Apache-2.0
"""check_layers lets a clean tree pass and fails on every kind of breach. Run by CTest."""

import functools
import sys
import unittest

sys.dont_write_bytecode = True
from made_tree import run_check  # noqa: E402

CLEAN = {
    "reference/matrix.h": "#include <vector>\n",
    "reference/gemm.cpp": '#include <Eigen/Core>\n#include "reference/matrix.h"\n',
    "kernels/kernel.h": '#include "reference/matrix.h"\n',
    "kernels/gemm.cu": '#include <cuda_runtime.h>\n#include "kernels/kernel.h"\n',
    "suites/suite.h": '#include "kernels/kernel.h"\n#include "reference/matrix.h"\n',
    "reports/results/json.cpp": "#include <fmt/format.h>\n#include <nlohmann/json.hpp>\n",
    "harness/main.cpp": '#include "reports/results/report.h"\n#include "suites/suite.h"\n',
    "harness/run/environment.cpp": '#include "revision.h"\n',
    "harness/cli/options.cpp": "#include <CLI/CLI.hpp>\n",
    "harness/measure/stopwatch.cpp": "#include <benchmark/benchmark.h>\n",
    "tests/catch.h": "#include <catch2/catch_all.hpp>\n",
    "tests/harness/run/run_test.cpp": '#include "harness/run/run.h"\n#include "tests/catch.h"\n',
}
check = functools.partial(run_check, "check_layers")


class CheckLayers(unittest.TestCase):
    def assert_breach(self, file, line):
        status, output = check({**CLEAN, file: "// first line\n" + line + "\n"})
        self.assertEqual(status, 1, output)
        self.assertIn(f"{file}:2: ", output)
        self.assertIn(" 1 breaches", output)

    def test_two_headers_define_no_types_of_one_name(self):
        status, output = check({**CLEAN, "reports/a.h": "struct Page {\n", "harness/b.h": "\nclass Page final : A {\n"})
        self.assertEqual(status, 1, output)
        self.assertIn("Page is a type of", output)
        self.assertEqual(check({**CLEAN, "reports/a.h": "struct Page;\nstruct Page {\n", "harness/b.h": "class Page;\n"})[0], 0)

    def test_a_clean_tree_passes(self):
        self.assertEqual(check(CLEAN), (0, f"check_layers: {len(CLEAN)} files, 0 breaches\n"))

    def test_a_tree_without_sources_fails(self):
        status, output = check({"README.md": ""})
        self.assertEqual(status, 1)
        self.assertIn("no source found", output)

    def test_an_include_that_looks_up_fails(self):
        for file, header in [
            ("reference/up.h", "kernels/kernel.h"),
            ("reference/up.h", "reports/result.h"),
            ("kernels/up.cu", "suites/suite.h"),
            ("suites/up.cpp", "harness/run/run.h"),
            ("suites/up.cpp", "reports/result.h"),
            ("reports/up.cpp", "reference/matrix.h"),
            ("harness/up.cpp", "tests/catch.h"),
        ]:
            with self.subTest(file=file, header=header):
                self.assert_breach(file, f'#include "{header}"')
        self.assert_breach("reference/angle.h", "#  include <kernels/kernel.h>")

    def test_an_include_that_looks_up_within_a_folder_fails(self):
        for file, header in [
            ("suites/up.cpp", "suites/inputs/distributions.h"),
            ("suites/checkpoints/up.cpp", "suites/inputs/distributions.h"),
            ("suites/checkpoints/up.cpp", "reports/result.h"),
            ("reports/up.cpp", "reports/results/report.h"),
            ("reports/results/up.cpp", "reports/findings/finding.h"),
            ("harness/cli/up.cpp", "harness/run/run.h"),
            ("harness/run/up.cpp", "harness/gates/gate.h"),
            ("harness/gates/errors/up.cpp", "harness/gates/ab/ab.h"),
            ("harness/gates/ab/up.cpp", "harness/gates/gate.h"),
        ]:
            with self.subTest(file=file, header=header):
                self.assert_breach(file, f'#include "{header}"')

    def test_a_room_includes_from_all_rooms_below_and_lends_its_line_to_folders_without_one(self):
        files = {"harness/gates/ab/down.cpp": '#include "reference/matrix.h"\n#include "harness/cli/options.h"\n',
                 "suites/inputs/made/near.h": '#include "suites/suite.h"\n'}
        self.assertEqual(check({**CLEAN, **files})[0], 0)
        self.assert_breach("kernels/emulator/up.h", '#include "suites/suite.h"')

    def test_an_include_that_does_not_start_at_the_root_fails(self):
        self.assert_breach("reference/near.h", '#include "matrix.h"')
        self.assert_breach("reference/near.h", '#include "../kernels/kernel.h"')

    def test_a_dependency_out_of_its_place_fails(self):
        for file, header in [
            ("reference/matrix2.h", "Eigen/Core"),
            ("harness/run/run.cpp", "Eigen/Core"),
            ("harness/run/environment.cpp", "cuda_runtime.h"),
            ("reference/half.cpp", "cuda_fp16.h"),
            ("harness/run/run.cpp", "benchmark/benchmark.h"),
            ("harness/main2.cpp", "CLI/CLI.hpp"),
            ("harness/run/run.cpp", "re2/re2.h"),
            ("suites/models/models.cpp", "nlohmann/json.hpp"),
            ("harness/run/run.cpp", "nlohmann/json.hpp"),
            ("reference/text.cpp", "fmt/format.h"),
            ("reports/filter.cpp", "re2/re2.h"),
            ("harness/run/run.cpp", "xxhash.h"),
            ("harness/run/run.cpp", "utf8proc.h"),
            ("kernels/threads.cpp", "tbb/task_arena.h"),
            ("kernels/threads.cpp", "oneapi/tbb.h"),
            ("kernels/self_test.cpp", "catch2/catch_all.hpp"),
        ]:
            with self.subTest(file=file, header=header):
                self.assert_breach(file, f"#include <{header}>")


if __name__ == "__main__":
    unittest.main()
