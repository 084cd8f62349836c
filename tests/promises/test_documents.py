"""What the documents name is there, and what they promise to list is listed."""

import re
import tomllib
from pathlib import Path

import pytest

from matcher.settings import Settings
from workers.names import TaskName

ROOT = Path(__file__).parents[2]
READMES = sorted(
    p.relative_to(ROOT)
    for room in ("matcher", "web", "workers", "seeds", "tests")
    for p in (ROOT / room).rglob("README.md")
)
DOCUMENTS = [Path("README.md"), *READMES]


def read(name):
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_and_named_files_exist(document):
    """Links lead somewhere; a file in backticks stands at the root or below the document's own folder."""
    text, folder = read(document), (ROOT / document).parent
    links = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    named = re.findall(r"`([\w./]+\.(?:py|toml|csv|md|css|js)|(?:matcher|web|workers|seeds|tests)/[\w./]*)`", text)
    users = {"ours.toml", "needs.csv", "offers.csv"}  # files of the reader's own
    gone = [name for name in links if not (folder / name).exists()]
    gone += [n for n in named if n not in users and not (ROOT / n).exists() and not any(folder.rglob(n))]
    assert gone == []


def test_every_room_has_its_readme_with_a_chinese_head():
    assert {str(p.parent) for p in READMES} >= {"matcher", "web", "workers", "seeds", "seeds/policy", "tests"}
    for name in ("matcher", "web", "workers", "seeds", "seeds/policy", "tests"):
        assert re.search(r"^> .*[\u4e00-\u9fff]", read(f"{name}/README.md"), re.MULTILINE), name


def test_every_key_of_the_policy_is_explained():
    policy = tomllib.loads(read("seeds/policy/jiaozuo.toml"))
    keys = set(policy) | {key for entries in policy.values() if isinstance(entries, list) for e in entries for key in e}
    categories = set(policy["minimum_useful"][0]) - {"jurisdiction", "valid_from", "valid_to", "article"}
    told = set(re.findall(r"`(\w+)`", read("seeds/policy/README.md")))
    assert keys - categories - told == set()


def test_the_workers_readme_tells_every_task():
    assert {task.value.removeprefix("nuanliu.") for task in TaskName} <= set(
        re.findall(r"`(\w+)`", read("workers/README.md"))
    )


def test_both_halves_of_the_readme_name_the_same_settings_and_commands():
    english, chinese = read("README.md").split("\n## 中文\n")
    commands = (
        "demo|match|verify|rank|settings|db upgrade|seed reference|account add|serve|worker|beat|up|backup|restore"
    )
    for pattern in (r"NUANLIU_\w+", rf"nuanliu (?:{commands}|reconcile|import|export)", r"\./run \w+"):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, chinese)), pattern
    known = {f"NUANLIU_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"NUANLIU_\w+", english)) <= known
