"""`./run` hands on to the product: the first command of the README must not end in silence."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """`./run` in a folder where everything is installed already: its .venv leads to this Python."""
    (tmp_path / ".ci").mkdir()
    for name in ("run", "pyproject.toml", ".ci/constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    stamp = {"fingerprint": runpy.run_path(str(tmp_path / "run"))["fingerprint"](), "extras": []}
    (tmp_path / ".venv" / "installed.json").write_text(json.dumps(stamp))

    def call(*words):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUANLIU_LOCALE": "en"}
        return subprocess.run(
            [sys.executable, tmp_path / "run", *words], env=environment, capture_output=True, text=True, timeout=120
        )

    return call


def test_run_starts_the_product(run):
    product, demo = run("nuanliu", "--help"), run("demo", "--help")
    assert product.returncode == 0 and "Usage: nuanliu [OPTIONS] COMMAND" in product.stdout
    assert demo.returncode == 0 and "--families" in demo.stdout


def test_run_explains_itself_and_refuses_what_it_does_not_know(run):
    assert run("--help").returncode == 0 and "./run demo" in run("--help").stdout
    assert run("dance").returncode == 2
