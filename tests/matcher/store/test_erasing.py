"""A family's key goes, and with it everything the key sealed: in this database, in a copy, in a backup put back."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, String, text
from sqlmodel import SQLModel, col, select

from matcher.errors import Conflict, SetupProblem
from matcher.store import anchor, erasing, record_keys
from matcher.store.columns import Code, Sealed
from matcher.store.erasing import BLANK, KEPT
from matcher.store.ownership import owned
from matcher.store.session import Database
from matcher.store.tables import FileSection, HardshipFile, Household, Need, PersonKey
from tests import factories as make
from tests.filing import NOW, WANG, Filing

WRITTEN = ("王秀兰", "赵大勇", WANG, "19900004321", "桂花巷九号", "丈夫重病")


@pytest.fixture
def anchors(tmp_path: Path):
    before = anchor.folder()
    anchor.use_folder(tmp_path / "anchors")
    yield tmp_path / "anchors"
    anchor.use_folder(before)


def a_family(database: Database) -> tuple[int, str]:
    """A family with a file and a need: its id and the name of its key."""
    house = Filing(database)
    file_id = house.draft()
    house.fill(file_id)
    with database.write() as session:
        household = session.get_one(Household, house.file(file_id).household_id)
        make.a_need(session, household=household, story="王秀兰说丈夫要化疗", text="丈夫重病，要化疗")
        session.commit()
        return household.id or 0, household.record_name or ""


def erase(database: Database, household_id: int) -> str:
    with database.write() as session:
        name = erasing.erase_record(session, household_id, at=NOW)
        session.commit()
    erasing.note_erased([name])
    return name


def test_every_column_of_a_family_is_sealed_blanked_or_kept_on_purpose() -> None:
    """A new column must be decided on: this is where."""
    undecided = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        if table.name not in ("audit_event", "import_batch", "file_import") and erasing.mine(table, 1) is not None
        for column in table.columns
        if isinstance(getattr(column.type, "impl", column.type), String | JSON | LargeBinary)
        and not isinstance(column.type, Code)
        and not column.foreign_keys
        and column.name not in (*owned(table.name)[1], *BLANK.get(table.name, ()), *KEPT.get(table.name, ()))
    ]
    assert undecided == []


def test_what_belongs_to_a_family_is_sealed_under_its_own_key(database: Database) -> None:
    household_id, name = a_family(database)
    other_id, other = None, None
    with database.write() as session:
        other_household = make.a_household(session)
        session.commit()
        other_id, other = other_household.id, other_household.record_name
    assert name and other and name != other
    with database.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            columns = owned(table.name)[1]
            for column in columns:
                for row in session.connection().execute(text(f"SELECT * FROM {table.name}")).mappings():
                    if row[column] is not None:
                        mine = other if table.name == "household" and row["id"] == other_id else name
                        assert record_keys.record_of(bytes(row[column])) == mine, (table.name, column)
    assert household_id


def test_nothing_of_an_erased_family_can_be_read(database: Database, anchors: Path) -> None:
    household_id, name = a_family(database)
    assert erase(database, household_id) == name
    with database.read() as session:
        household = session.get_one(Household, household_id)
        assert (household.head_name, household.id_card, household.phone, household.situation) == ("", None, None, "")
        assert household.record_key is None and household.erased_at is not None
        assert household.case_code and household.hardship_class  # what statistics need stays
        need = session.exec(select(Need)).one()
        assert (need.story, need.text, need.title) == (None, "", "") and need.quantity == 1
        assert {row.content for row in session.exec(select(FileSection))} == {""}
        assert {(row.number, row.number_index) for row in session.exec(select(PersonKey))} == {("", "")}
        assert session.exec(select(HardshipFile)).one().calculation is None


def test_another_family_is_as_it_was(database: Database) -> None:
    household_id, _name = a_family(database)
    with database.write() as session:
        other = make.a_household(session, head_name="李志远", situation="4 口，老伴卧床")
        make.a_need(session, household=other, story="老伴卧床", text="想要一张护理床")
        session.commit()
    erase(database, household_id)
    with database.read() as session:
        kept = session.get_one(Household, other.id)
        need = session.exec(select(Need).where(Need.household_id == other.id)).one()
        assert (kept.head_name, kept.situation, kept.erased_at) == ("李志远", "4 口，老伴卧床", None)
        assert (need.story, need.text) == ("老伴卧床", "想要一张护理床")


def test_an_older_copy_of_what_was_sealed_says_nothing_without_the_key(database: Database) -> None:
    household_id, _name = a_family(database)
    with database.read() as session:
        raw = session.connection().execute(text("SELECT id, content FROM file_section")).all()
        home = session.connection().execute(text("SELECT head_name FROM household")).scalar_one()
    erase(database, household_id)
    with database.write() as session:  # the bytes as an older copy has them
        for row in raw:
            change = text("UPDATE file_section SET content = :content WHERE id = :id")
            session.connection().execute(change, {"content": row.content, "id": row.id})
        session.commit()
    with database.read() as session:
        assert {row.content for row in session.exec(select(FileSection))} == {""}
    assert record_keys.unseal(bytes(home), "household.head_name") == ""


def test_the_key_itself_is_in_no_file_any_more(sqlite_database: Database) -> None:
    household_id, _name = a_family(sqlite_database)
    with sqlite_database.read() as session:
        sealed = bytes(session.connection().execute(text("SELECT record_key FROM household")).scalar_one())
        story = bytes(session.connection().execute(text("SELECT story FROM need")).scalar_one())
    path = Path(sqlite_database.url.database or "")

    def stored() -> bytes:
        return b"".join(p.read_bytes() for p in (path, Path(f"{path}-wal")) if p.exists())

    assert sealed in stored() and story in stored()
    erase(sqlite_database, household_id)
    sqlite_database.scrub("household")
    assert sealed not in stored() and story not in stored()
    assert [word for word in WRITTEN if word.encode() in stored()] == []


def test_nothing_is_written_to_an_erased_family(database: Database) -> None:
    household_id, _name = a_family(database)
    erase(database, household_id)
    with database.write() as session, pytest.raises(Conflict) as refused:
        household = session.get_one(Household, household_id)
        household.phone = "19900009999"
        session.commit()
    assert refused.value.code == "family_erased"


def test_a_key_that_is_in_no_database_is_a_sentence(database: Database) -> None:
    blob = record_keys.seal(record_keys.OfRecord("x", record_keys.fresh()[0]), "need.story")
    record_keys.forget(record_keys.record_of(blob))
    with pytest.raises(SetupProblem) as refused:
        record_keys.unseal(blob, "need.story")
    assert refused.value.code == "record_key_missing"


def test_keys_of_many_families_come_with_their_rows(database: Database) -> None:
    """A list reads no key by itself: it arrives in the row, before what it opens."""
    with database.write() as session:
        unit = make.a_county(session)
        made = [make.a_household(session, unit=unit) for _ in range(5)]
        session.commit()
    for household in made:
        record_keys.forget(household.record_name or "")
    looked = []
    database.keys.dispose()
    with database.keys.connect() as _:
        pass
    from sqlalchemy import event

    event.listen(database.keys, "before_cursor_execute", lambda *told: looked.append(told[2]))
    with database.read() as session:
        assert {row.head_name for row in session.exec(select(Household))} == {"李志远"}
    assert [statement for statement in looked if "record_key" in statement] == []
    for household in made:
        record_keys.forget(household.record_name or "")
    with database.read() as session:
        assert session.exec(select(col(Household.head_name))).all() == ["李志远"] * 5
    assert len([statement for statement in looked if "record_key" in statement]) == 5


def test_a_copy_put_back_is_known_by_the_names_kept_elsewhere(sqlite_database: Database, anchors: Path) -> None:
    household_id, name = a_family(sqlite_database)
    path = Path(sqlite_database.url.database or "")
    sqlite_database.scrub("household")
    shutil.copy(path, path.with_suffix(".before"))
    erase(sqlite_database, household_id)
    assert (anchors / "erased.txt").read_text() == f"{name}\n"
    with sqlite_database.read() as session:
        assert erasing.erased_before(session) == [] == erasing.not_noted(session)
        (anchors / "erased.txt").unlink()  # as if the power had gone before it was written
        erasing.note_erased(erasing.not_noted(session))
        assert (anchors / "erased.txt").read_text() == f"{name}\n"
    older = Database(f"sqlite:///{path.with_suffix('.before')}")
    with older.read() as session:
        assert erasing.erased_before(session) == [household_id]
    older.dispose()


def test_sealed_columns_that_lead_to_a_family_say_how() -> None:
    """Whatever is sealed and lies on a way to a family is the family's own, or decided otherwise here."""
    otherwise = {"account", "invitation", "delivery", "file_import", "import_batch", "donor", "roster_entry"}
    loose = [
        table.name
        for table in SQLModel.metadata.sorted_tables
        if table.name not in otherwise
        and any(isinstance(column.type, Sealed) and not column.type.of for column in table.columns)
        and table.name != "household"
    ]
    assert loose == []
