"""What identifies a person is not readable in the database, and only the right key opens it."""

from pathlib import Path

import pytest
from sqlalchemy import text

from matcher.errors import SetupProblem
from matcher.store.crypto import Keyring
from matcher.store.session import Database
from matcher.store.tables import Household
from tests.factories import a_household, a_need

PLANTED = ("410823199001014999", "19900001234", "6200000000000000000", "赵铁柱", "武陟县大虹桥乡七号", "胰腺癌")


def test_planted_personal_data_is_nowhere_in_the_file(sqlite_database: Database) -> None:
    card, phone, bank, name, address, illness = PLANTED
    with sqlite_database.write() as session:
        household = a_household(
            session, head_name=name, id_card=card, phone=phone, bank_card=bank, address=address, diagnosis=illness
        )
        a_need(session, household=household, story=f"{name}说{illness}化疗跟不上，电话{phone}")
        session.commit()
        assert session.get(Household, household.id).id_card == card
    path = sqlite_database.url.database
    written = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))
    assert [value for value in PLANTED if value.encode() in written] == []


def test_a_value_moved_to_another_column_does_not_open(database: Database) -> None:
    with database.write() as session:
        household = a_household(session, id_card="410823199001014999", bank_card="6200000000000000000")
        session.commit()
        session.execute(text("UPDATE household SET bank_card = id_card"))
        session.commit()
        session.expire_all()
        with pytest.raises(SetupProblem):
            session.get(Household, household.id)


def test_older_keys_still_open_and_the_first_one_seals() -> None:
    old, new = Keyring.fresh(), Keyring.fresh()
    sealed = Keyring.parse(old).encrypt("李**", "household.head_name")
    both = Keyring.parse(f"{new},{old}")
    assert both.decrypt(sealed, "household.head_name") == "李**"
    with pytest.raises(SetupProblem):
        Keyring.parse(new).decrypt(sealed, "household.head_name")
    assert Keyring.parse(old).index("x", "id") in both.indexes("x", "id")


@pytest.mark.parametrize("text_", ["", "k1:short", "k1:!!!!", "k1:" + "A" * 43 + "=,k1:" + "B" * 43 + "="])
def test_unusable_keys_are_refused(text_: str) -> None:
    with pytest.raises(SetupProblem):
        Keyring.parse(text_)
