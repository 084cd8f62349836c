"""Nothing is changed without an entry in the trail; tests/web/test_masked.py: and nothing personal is shown."""

import ast
from collections.abc import Iterator
from pathlib import Path

from web.label_words import ACTIONS, OBJECTS

ROOT = Path(__file__).parents[2]
WRITES_DOWN = {"record", "note"}
SILENT = {
    "keep_sign_in": "that a browser is still there",
    "name_device": "which browser it is; the sign-in itself has its entry",
    "choose_language": "one's own language of pages",
    "send_due_notices": "the outbox itself says what was sent and when",
    "claim_job": "the job's own row: who holds it",
    "keep_alive": "the job's own row: that it is held",
    "end_job": "the job's own row; the run that it did has its entry",
    "sort_families_by_name": "the place of a family in lists; nobody reads another fact than before",
    "spread": "a run cut into shards: numbers only; the run has its entries",
    "solve_shard": "numbers only; the run has its entries",
    "drop_shards": "numbers only; the run has its entries",
    "reconcile_jobs": "the job's own row: that it waits again",
}
"""Use cases that commit without an entry, and why that is right."""


def functions(folder: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield node.name, node


def called(node: ast.AST) -> set[str]:
    calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in calls if isinstance(f, ast.Attribute | ast.Name)}


def test_every_use_case_that_commits_leaves_an_entry():
    calls: dict[str, set[str]] = {}
    for name, node in functions("matcher/usecases"):
        calls.setdefault(name, set()).update(called(node))
    writing = set(WRITES_DOWN)
    while more := {name for name, names in calls.items() if names & writing} - writing:
        writing |= more
    silent = {name for name, names in calls.items() if "commit" in names and name not in writing} - {"commit"}
    assert silent == set(SILENT)


def test_what_is_recorded_has_a_word():
    """Codes written as plain text in calls of `record` and `note` are shown in words."""
    said: dict[str, set[str]] = {"action": set(), "object": set()}
    for room in ("matcher", "seeds", "web"):
        for _name, node in functions(room):
            for call in ast.walk(node):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr in WRITES_DOWN
                ):
                    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    said["action"] |= {text for text in texts if ":" in text}
                    said["object"] |= {text for text in texts if ":" not in text}
    assert len(said["action"]) > 25
    assert (said["action"] - set(ACTIONS), said["object"] - set(OBJECTS)) == (set(), set())
