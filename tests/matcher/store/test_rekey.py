"""A new key takes over while people work: nobody is turned away, nothing is lost, the old key is needed no more."""

import threading
from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel, select

from matcher.errors import SetupProblem
from matcher.store import ownership, rekey
from matcher.store.crypto import Keyring, use_keyring
from matcher.store.session import Database
from matcher.store.tables import DuplicateCase, FileEvidence, Household, Unit
from matcher.usecases import filing
from tests.conftest import KEYRING
from tests.factories import NOW, a_county, a_household, a_need
from tests.filing import WANG, Filing

FRESH = Keyring.parse(Keyring.fresh())
BOTH = Keyring({**FRESH.keys, **KEYRING.keys})
PURPOSE = "household.id_card"
MANY = 10_000
HOUSEHOLD = SQLModel.metadata.tables["household"]


@pytest.fixture(autouse=True)
def own_keyring() -> Iterator[None]:
    use_keyring(KEYRING)
    yield
    use_keyring(KEYRING)


def id_number(k: int) -> str:
    return f"4108231990{k:08d}"


def fill(database: Database, count: int) -> None:
    """Families 1 to `count`, sealed under the old key."""
    with database.write() as session:
        first = a_household(session, unit=a_county(session), id_card=id_number(1), id_card_index="")
        a_need(session, household=first, story="老人腿脚不好，想要一副拐杖")
        row = {c.name: getattr(first, c.name) for c in HOUSEHOLD.columns if c.name != "id"}
        first.id_card_index = KEYRING.index(id_number(1), PURPOSE)
        numbers = {k: id_number(k) for k in range(2, count + 1)}
        rows = [
            row | {"case_code": f"换钥-{k}", "id_card": number, "id_card_index": KEYRING.index(number, PURPOSE)}
            for k, number in numbers.items()
        ]
        ownership.own(session.connection(), HOUSEHOLD, rows)
        session.execute(HOUSEHOLD.insert(), rows)
        session.commit()


def keys_of(database: Database) -> set[str]:
    return {use.key_id for use in rekey.uses(database) if use.table in ("household", "need")}


def test_ten_thousand_families_change_keys_while_people_work(database: Database) -> None:
    fill(database, MANY)
    use_keyring(BOTH)
    done, errors, written = threading.Event(), [], []

    def work() -> None:
        k = 0
        while not done.is_set():
            k += 1
            try:
                with database.write() as session:
                    family = session.get_one(Household, 1 + k * 37 % MANY)
                    assert family.id_card == id_number(family.id or 0)
                    family.phone = f"1990000{k % 10000:04d}"
                    session.add(family)
                    session.commit()
                    written.append((family.id, family.phone))
            except Exception as error:
                errors.append(error)

    somebody = threading.Thread(target=work)
    somebody.start()
    try:
        changed = rekey.rotate(database, BOTH)
    finally:
        done.set()
        somebody.join()
    assert errors == [] and written and changed["household"] > MANY * 0.9
    assert keys_of(database) == {FRESH.current}
    use_keyring(FRESH)  # the old key is thrown away
    with database.read() as session:
        latest = dict(written)
        families = session.exec(select(Household)).all()
        assert all(family.phone == latest.get(family.id, family.phone) for family in families)
        assert all(family.id_card_index == FRESH.index(family.id_card, PURPOSE) for family in families)
    assert rekey.rotate(database, FRESH) == {}


def test_a_key_that_is_missing_is_named_and_nothing_is_lost(database: Database) -> None:
    fill(database, 3)
    with pytest.raises(SetupProblem) as refused:
        rekey.rotate(database, FRESH)
    assert refused.value.code == "unknown_encryption_key" and refused.value.params == {"key_id": KEYRING.current}
    with database.read() as session:
        assert {family.id_card for family in session.exec(select(Household))} == {id_number(k) for k in (1, 2, 3)}


def test_what_is_still_sealed_under_the_old_key_is_caught_the_next_time(database: Database) -> None:
    fill(database, 3)
    rekey.rotate(database, BOTH)
    with database.write() as session:  # a process that was not started again yet
        a_household(session, unit=session.get_one(Unit, 1), case_code="换钥-新")
        session.commit()
    assert keys_of(database) == {FRESH.current, KEYRING.current}
    assert rekey.rotate(database, BOTH) == {"household": 1}
    assert keys_of(database) == {FRESH.current}


def test_a_hardship_file_is_read_and_found_under_the_new_key(database: Database) -> None:
    house = Filing(database)
    file_id = house.draft()
    house.fill(file_id)
    before = filing.read_sections(file_id, by=house.clerk, uow=house.uow, now=NOW)
    rekey.rotate(database, BOTH)
    use_keyring(FRESH)
    assert {use.key_id for use in rekey.uses(database)} == {FRESH.current}
    assert filing.read_sections(file_id, by=house.clerk, uow=house.uow, now=NOW) == before
    house.draft(by=house.other_clerk, id_card=WANG)
    with database.read() as session:
        assert session.exec(select(DuplicateCase)).one().other_household_id == house.file(file_id).household_id
        assert all(paper.name == "材料.png" for paper in session.exec(select(FileEvidence)))
