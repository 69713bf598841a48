#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The workflows of GitHub and GitLab: what they call exists, and strangers get neither the runner with
a GPU nor a word into a shell. Run by CTest.
"""

import os
import re
import unittest
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github" / "workflows" / "qbench.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
NO_JOBS = {"workflow", "default", "variables", "stages", "include"}


def github_jobs():
    return yaml.safe_load(GITHUB.read_text(encoding="utf-8"))["jobs"]


def gitlab_jobs():
    everything = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
    return {name: job for name, job in everything.items()
            if name not in NO_JOBS and not name.startswith(".")}


def scripts():
    """The shell text of every step, by where it is."""
    steps = {f"{GITHUB.name} {name} {i}": step["run"] for name, job in github_jobs().items()
             for i, step in enumerate(job["steps"]) if "run" in step}
    lines = {f"{GITLAB.name} {name} {i}": line for name, job in gitlab_jobs().items()
             for i, line in enumerate(job["script"])}
    return {**steps, **lines}


def commands_of_qbench(script):
    """The arguments of each call of scripts/qbench."""
    for line in script.replace("\\\n", " ").splitlines():
        for found in re.finditer(r"scripts/qbench\b([^;&|)]*)", line):
            yield found[1].split()


@unittest.skipUnless(yaml, "not run: there is no PyYAML to read the workflows with")
class Workflows(unittest.TestCase):
    def test_every_program_they_call_is_there(self):
        called = {name for script in scripts().values()
                  for name in re.findall(r"(?<![\w./-])scripts/[\w.-]+", script)}
        self.assertLessEqual({"scripts/test", "scripts/qbench", "scripts/gpu_check"}, called)
        for name in called:
            self.assertTrue(os.access(ROOT / name, os.X_OK), name)

    def test_qbench_knows_every_subcommand_and_option_they_give(self):
        known = "".join(path.read_text(encoding="utf-8")
                        for path in sorted((ROOT / "harness").glob("options*.cpp")))
        calls = [call for script in scripts().values() for call in commands_of_qbench(script)]
        self.assertEqual(sorted(call[0] for call in calls), ["gate", "gate", "gate", "gate",
                                                             "selftest", "selftest"])
        words = {word.split("=")[0] for call in calls
                 for word in [call[0], *(w for w in call if w.startswith("--"))]}
        self.assertEqual([word for word in sorted(words) if f'"{word}"' not in known], [])

    def test_no_text_of_others_is_put_into_a_shell(self):
        for place, script in scripts().items():
            self.assertNotIn("${{", script, place)

    def test_every_job_has_an_end(self):
        for name, job in github_jobs().items():
            self.assertIn("timeout-minutes", job, name)
        for name, job in gitlab_jobs().items():
            self.assertIn("timeout", job, name)

    def test_the_gpu_is_only_where_it_was_asked_for_and_not_for_forks(self):
        github, gitlab = github_jobs()["gpu"], gitlab_jobs()["gpu"]
        self.assertIn("self-hosted", github["runs-on"])
        self.assertIn("vars.QBENCH_GPU == 'true'", github["if"])
        self.assertIn("head.repo.full_name == github.repository", github["if"])
        self.assertEqual(gitlab["rules"][0], {"if": '$QBENCH_GPU != "true"', "when": "never"})
        self.assertIn("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID",
                      gitlab["rules"][1]["if"])

    def test_the_one_job_that_may_write_runs_nothing_of_the_repository(self):
        everything = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
        self.assertEqual(everything["permissions"], {"contents": "read"})
        writing = [name for name, job in everything["jobs"].items() if "permissions" in job]
        self.assertEqual(writing, ["comment"])
        comment = everything["jobs"]["comment"]
        self.assertIn("head.repo.full_name == github.repository", comment["if"])
        self.assertEqual([step["uses"] for step in comment["steps"] if "uses" in step],
                         ["actions/download-artifact@v4"])
        for step in comment["steps"]:
            self.assertNotIn("scripts/", step.get("run", ""))

    def test_the_summary_is_written_also_when_a_gate_failed(self):
        for name in ("cpu", "gpu"):
            [step] = [s for s in github_jobs()[name]["steps"]
                      if "GITHUB_STEP_SUMMARY" in s.get("run", "")]
            self.assertIn("!cancelled()", step["if"])


if __name__ == "__main__":
    unittest.main()
