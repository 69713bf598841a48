#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The workflows of GitHub and GitLab: what they call exists, strangers get neither the runner with a
GPU nor a word into a shell, and the comment is never that of another commit. Run by CTest.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
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
                  for name in re.findall(r"(?<![\w./-])scripts/[\w./-]+", script)}
        self.assertLessEqual({"scripts/test", "scripts/qbench", "scripts/gpu_check"}, called)
        for name in called:
            self.assertTrue(os.access(ROOT / name, os.X_OK), name)

    def test_qbench_knows_every_subcommand_and_option_they_give(self):
        known = "".join(path.read_text(encoding="utf-8")
                        for path in [*sorted((ROOT / "harness" / "cli").glob("options*.cpp")),
                                     ROOT / "harness" / "verbs.cpp", ROOT / "suites" / "axes.cpp"])
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


SHA = "0123abc"
CPU, GPU = "<!-- qbench gate-cpu.md -->", "<!-- qbench gate-gpu.md -->"
RECORD = 'printf "\\f%s %s\\n" "$method" "${url##*/}" >> calls; cat "$body" >> calls\n'
STAND_INS = {
    "apk": "",
    "gh": """case $2 in
--paginate) exec jq -r "$5" comments.json ;;
esac
method=$4 url=$5 body=${7#body=@}
""" + RECORD,
    "curl": """while [ $# -gt 1 ]; do
  case $1 in
    --output) output=$2; shift ;;
    --request) method=$2; shift ;;
    --data-urlencode) body=${2#body@}; shift ;;
    --header | --write-out) shift ;;
  esac
  shift
done
url=$1
case $url in
  https://api/user) echo '{"id": 7}' > "$output"; exit ;;
  *page=1) echo '[]' > "$output"; printf 2; exit ;;
  *page=2) printf '\\r'; cp comments.json "$output"; exit $? ;;
esac
""" + RECORD}


def comment_of_github(gpu):
    step = github_jobs()["comment"]["steps"][-1]
    values = {"GH_TOKEN": "", "ISSUE": "issue", "COMMENTS": "comments", "SHA": SHA, "GPU": gpu}
    return [step["shell"], "-eo", "pipefail", "-c", step["run"]], {
        name: values[name] for name in step["env"]}


def note_of_gitlab(gpu):
    return ["sh", "-ec", "\n".join(gitlab_jobs()["note"]["script"])], {
        "CI_API_V4_URL": "https://api", "CI_COMMIT_SHA": SHA,
        "QBENCH_GPU": "" if gpu == "skipped" else "true"}


@unittest.skipUnless(yaml and shutil.which("jq"), "not run: there is no PyYAML or no jq")
class Comments(unittest.TestCase):
    def calls(self, service, files, gpu, comments=(), broken=False):
        """The [method and last part of the URL, body] of what is written."""
        command, environment = service(gpu)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in STAND_INS.items():
                program = Path(folder, "bin", name)
                program.parent.mkdir(exist_ok=True)
                program.write_text("#!/bin/sh\n" + text, encoding="utf-8")
                program.chmod(0o755)
            found = [{"id": i, "body": body, "user": {"login": login}, "author": {"id": author}}
                     for i, (login, author, body) in enumerate(comments, start=1)]
            Path(folder, "comments.json").write_text(json.dumps(found), encoding="utf-8")
            if broken:
                Path(folder, "comments.json").unlink()
            for name, text in files.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            path = f"{folder}/bin{os.pathsep}{os.environ['PATH']}"
            subprocess.run(command, cwd=folder, env={**environment, "PATH": path}, check=True,
                           stderr=subprocess.DEVNULL if broken else None)
            text = Path(folder, "calls").read_text(encoding="utf-8")
        return [call.split("\n", 1) for call in text.split("\f")[1:]]

    def test_nothing_is_written_where_the_comments_cannot_be_read(self):
        for service in comment_of_github, note_of_gitlab:
            with self.subTest(service), self.assertRaises(subprocess.CalledProcessError):
                self.calls(service, {}, "skipped", broken=True)

    def test_the_verdict_is_the_first_line_and_the_commit_in_the_last(self):
        for service in comment_of_github, note_of_gitlab:
            with self.subTest(service):
                [[_, cpu], [_, gpu]] = self.calls(service, {
                    "gate-cpu.md": "**qbench: passed**\n", "gate-gpu.md": "**slow**\n"}, "failure")
                self.assertEqual(cpu, f"**qbench: passed**\n\nAt {SHA}. {CPU}\n")
                self.assertEqual(gpu, f"**slow**\n\nAt {SHA}. {GPU}\n")

    def test_a_job_without_a_verdict_replaces_that_of_the_commit_before(self):
        bot = ("github-actions[bot]", 7)
        for service, put in (comment_of_github, "PATCH"), (note_of_gitlab, "PUT"):
            with self.subTest(service):
                [[call, body]] = self.calls(service, {}, "skipped", [
                    (*bot, f"passed {GPU}"), (*bot, f"passed {CPU}"), ("other", 8, f"mine {CPU}")])
                self.assertEqual(call, f"{put} 2")
                self.assertTrue(body.startswith(f"**qbench: the gates did not run at {SHA}**: see"))
                self.assertTrue(body.endswith(f" {CPU}\n"))

    def test_a_gpu_job_without_a_verdict_says_so_unless_it_was_skipped(self):
        for service in comment_of_github, note_of_gitlab:
            for result, count in ("failure", 2), ("cancelled", 2), ("skipped", 1):
                with self.subTest(service, result=result):
                    calls = self.calls(service, {"gate-cpu.md": "passed\n"}, result)
                    self.assertEqual(len(calls), count)
                    self.assertTrue(all(call.startswith("POST ") for call, _ in calls))


if __name__ == "__main__":
    unittest.main()
