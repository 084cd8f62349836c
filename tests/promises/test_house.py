"""The house keeps its own rules: layers, types, lint, and nothing that names a machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("matcher", "web", "workers", "seeds", "tests")
GIVEN = {"matcher", "web", "workers", "seeds", "tests", "pyproject.toml", "README.md", "run", "LICENSE", "CHANGELOG.md"}


def run_tool(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "ruff", "check", *ROOMS, "run"),
        ("-m", "ruff", "format", "--check", *ROOMS),
        ("-m", "mypy"),
        (
            "-c",
            "import sys; sys.argv = ['lint-imports']; from importlinter.cli import lint_imports_command as go; go()",
        ),
    ],
    ids=["lint", "format", "types", "layers"],
)
def test_tool_finds_nothing(command: tuple[str, ...]) -> None:
    result = run_tool(sys.executable, *command)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def tracked() -> list[Path]:
    return [ROOT / name for name in run_tool("git", "ls-files").stdout.splitlines() if (ROOT / name).is_file()]


def test_top_level_is_as_agreed() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= GIVEN


def test_nothing_names_a_machine_or_a_registry() -> None:
    told = re.compile(r"/(?:work|root)/|\bindex[-_]url\b|https?://(?:pypi|registry\.npmjs)")
    here = Path(__file__).resolve()
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".csv", ".po", ""} and path != here
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if told.search(line)
    ]
    assert found == []


def test_files_stay_readable() -> None:
    """No Python file of ours outgrows a sitting; migrations are written once and left alone."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and "migrations" not in path.parts
        if (lines := len(path.read_text("utf-8").splitlines())) > 450
    }
    assert long == {}
