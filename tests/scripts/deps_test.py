# SPDX-License-Identifier: Apache-2.0
"""scripts/deps without a network: what it refuses, what it asks for, and when a prefix is complete.

Run by CTest.
"""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

DEPS = Path(__file__).resolve().parents[2] / "scripts" / "deps"
LIBRARIES = (
    "libeigen3-dev libfmt-dev libcli11-dev libbenchmark-dev nlohmann-json3-dev libre2-dev "
    "libtomlplusplus-dev libtbb-dev libutf8proc-dev libxxhash-dev catch2"
)

# apt that notes its last argument, "downloads" one package, and breaks where a file `broken` lies
# beside it.
APT_GET = """#!/bin/sh
for last; do :; done; echo "$last" >>"$(dirname "$0")/apt-log"
for argument; do case $argument in Dir::Cache=*) cache=${argument#*=} ;; esac; done
case "$*" in *--download-only*)
  [ ! -e "$(dirname "$0")/broken" ] || { echo "E: no route" ; exit 100; }
  touch "$cache/archives/a.deb" ;;
esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/lib/x86_64-linux-gnu/pkgconfig"
echo 'prefix=/usr' >"$3/usr/lib/x86_64-linux-gnu/pkgconfig/a.pc"
[ ! -e "$(dirname "$0")/full" ]
"""


class Deps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = Path(folder.name, "prefix")
        self.fakes = Path(folder.name, "fakes")
        self.fakes.mkdir()
        for name, text in {"apt-get": APT_GET, "apt-cache": "#!/bin/sh\n", "dpkg": DPKG}.items():
            self.fake(name, text)

    def fake(self, name, text="#!/bin/sh\n"):
        (self.fakes / name).write_text(text, encoding="ascii")
        (self.fakes / name).chmod(0o755)

    def machine(self, user, *tools):
        """A PATH of the tools given, where dpkg knows of no package and sudo asks for a password."""
        for name in ("env", "dirname", "readlink", "grep", "mktemp", "rm", "tail"):
            (self.fakes / name).symlink_to(shutil.which(name))
        self.fake("id", f"#!/bin/sh\necho {user}\n")
        for name in ("sudo", "dpkg-query"):
            self.fake(name, "#!/bin/sh\nexit 1\n")
        for name in tools:
            self.fake(name)
        return {"PATH": str(self.fakes)}

    def deps(self, *arguments, **environment):
        path = f"{self.fakes}:{os.environ['PATH']}"
        return subprocess.run(
            [DEPS, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": path, "QBENCH_PREFIX": "", **environment},
        )

    def assert_refused(self, run, words):
        self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
        self.assertIn(words, run.stderr.splitlines()[-1])

    def test_an_unknown_group_is_refused(self):
        self.assert_refused(self.deps("bild"), "unknown argument 'bild'")

    def test_a_prefix_of_another_group_is_refused(self):
        run = self.deps("plot", "--prefix", str(self.prefix))
        self.assert_refused(run, "a prefix holds group build only")

    def test_a_prefix_is_filled_once_and_then_used_without_apt(self):
        run = self.deps("--prefix", str(self.prefix))
        self.assertEqual((run.returncode, run.stdout), (0, f"{self.prefix}\n"), run.stderr)
        self.assertIn(LIBRARIES, (self.prefix / "toolchain.cmake").read_text(encoding="ascii"))
        relocated = self.prefix / "usr/lib/x86_64-linux-gnu/pkgconfig/a.pc"
        self.assertEqual(relocated.read_text(), "prefix=${pcfiledir}/../../..\n")

        (self.fakes / "broken").touch()
        moved = self.prefix.rename(self.prefix.with_name("moved"))
        run = self.deps(QBENCH_PREFIX=str(moved))
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, f"{moved}\n", ""))

    def test_the_gates_need_the_command_valgrind_and_no_package(self):
        path = self.machine(1000, "valgrind")
        for prefix in ("", str(self.prefix)):
            run = self.deps("gate", QBENCH_PREFIX=prefix, **path)
            self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))

    def test_without_root_the_gates_ask_for_valgrind_alone(self):
        run = self.deps("gate", **self.machine(1000))
        self.assert_refused(run, "ask for the packages valgrind")
        self.assertTrue(run.stderr.endswith(" valgrind\n"), run.stderr)

    def test_with_root_the_gates_install_valgrind_alone(self):
        run = self.deps("gate", **self.machine(0))
        self.assertEqual((run.returncode, run.stderr), (0, "scripts/deps: installing valgrind\n"))
        self.assertEqual((self.fakes / "apt-log").read_text().splitlines()[-1], "valgrind")

    def test_ci_asks_for_valgrind_too_unless_it_is_there(self):
        path = self.machine(1000)
        run = self.deps("ci", **path)
        self.assert_refused(run, f"g++ cmake ninja-build pkg-config python3 git valgrind {LIBRARIES}")
        self.fake("valgrind")
        run = self.deps("ci", **path)
        self.assert_refused(run, f"python3 git {LIBRARIES} python3-matplotlib clang")

    def test_a_prefix_that_cannot_be_filled_further_keeps_what_it_has(self):
        self.deps("--prefix", str(self.prefix))
        held = (self.prefix / "toolchain.cmake").read_text(encoding="ascii")
        held = held.replace(" catch2", "")
        (self.prefix / "toolchain.cmake").write_text(held, encoding="ascii")
        (self.fakes / "broken").touch()
        self.assert_refused(self.deps("--prefix", str(self.prefix)), "could not download")
        self.assertEqual((self.prefix / "toolchain.cmake").read_text(encoding="ascii"), held)

    def test_without_a_network_the_prefix_stays_incomplete(self):
        (self.fakes / "broken").touch()
        for _ in range(2):
            run = self.deps("--prefix", str(self.prefix))
            self.assert_refused(run, "could not download: no route")

    def test_a_prefix_half_unpacked_stays_incomplete(self):
        (self.fakes / "full").touch()
        for _ in range(2):
            self.assert_refused(self.deps("--prefix", str(self.prefix)), "cannot unpack a.deb")

    def test_a_prefix_that_lacks_a_package_is_filled_again(self):
        self.prefix.mkdir()
        lacking = LIBRARIES.replace("libfmt-dev", "libfmt-dev-old")
        (self.prefix / "toolchain.cmake").write_text(f"# Holds the packages {lacking}\n")
        self.assertIn("unpacking", self.deps("--prefix", str(self.prefix)).stderr)


if __name__ == "__main__":
    unittest.main()
