"""The small files of the demo world that other tests read are what the generator writes."""

import csv
from pathlib import Path

from matcher.domain.terms import Category
from seeds.tables import some_of, write_world
from seeds.world import World

DATA = Path(__file__).parent.parent / "data"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_world_is_written_as_the_file_contract_names_it(world: World, tmp_path: Path):
    write_world(*some_of(world, 60, 25), tmp_path / "needs.csv", tmp_path / "offers.csv")
    needs, offers = read(tmp_path / "needs.csv"), read(tmp_path / "offers.csv")
    assert (len(needs), len(offers)) == (60, 25)
    assert {row["on_file"] for row in needs} <= {"yes", "no"}
    assert {row["category"] for row in needs} == {row["category"] for row in offers} == set(Category)
    assert all(row["valid_to"] >= "2019-01-09" for row in offers)


def test_the_small_files_have_the_contracted_columns():
    needs, offers = read(DATA / "needs-small.csv"), read(DATA / "offers-small.csv")
    assert (len(needs), len(offers)) == (60, 25)
    assert list(needs[0])[:3] == ["need_id", "household_id", "text"] and "covered" not in needs[0]
    assert list(offers[0])[:2] == ["offer_id", "text"] and "shelf_life_until" in offers[0]
