"""`nuanliu bench` as people meet it."""

import json
import os
import subprocess
import sys


def nuanliu(*words, lang="zh_CN.UTF-8"):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUANLIU_", "LC_", "LANG"))}
    command = [sys.executable, "-m", "web", *words]
    return subprocess.run(command, env=environment | {"LANG": lang}, capture_output=True, text=True, timeout=120)


def test_figures_as_json():
    answer = nuanliu("bench", "--size", "XS", "--peer", "ortools", "--peer", "own-flow", "--repeats", "1", "--json")
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert [line["peer"] for line in report["peers"]] == ["product", "ortools", "own-flow"]
    assert {"own-flow/ortools", "product/ortools"} <= set(report["ratios"])
    assert {"wall_seconds", "cpu_seconds", "peak_mb", "loss_of_score"} <= set(report["peers"][0])


def test_unknown_sizes_and_peers_are_usage():
    assert nuanliu("bench", "--size", "XXL").returncode == 2
    assert nuanliu("bench", "--peer", "nobody", lang="en_US.UTF-8").returncode == 2
