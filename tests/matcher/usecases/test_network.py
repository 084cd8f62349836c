"""The tree of unions changes and nothing is lost (R2, R47)."""

import pytest
from sqlmodel import select

from matcher.domain.access import Actor
from matcher.domain.network_terms import UnitAct
from matcher.domain.terms import Role, UnitLevel
from matcher.errors import Conflict, InvalidFields, NotFound, NotPermitted, StaleVersion
from matcher.store.queries.network import find_line, list_steps, list_units
from matcher.store.tables import Account, AuditEvent, Household, Need, Proposal, Unit, UnitStep
from matcher.usecases import network
from matcher.usecases.network import NewUnit
from tests import factories as make

TOWN = NewUnit("jz-1-21", "木栾街道工会联合会", "木栾街道", UnitLevel.GRASSROOTS)


@pytest.fixture
def tree(database):
    """City, two counties, two towns in the first; a family with a need and a proposal in the first town."""
    with database.write() as session:
        city = make.the_city(session)
        east = make.a_unit(session, parent=city, name="东县总工会")
        west = make.a_unit(session, parent=city, name="西县总工会", division_code=None)
        town = make.a_unit(session, parent=east, level=UnitLevel.GRASSROOTS, name="甲镇工会")
        other = make.a_unit(session, parent=east, level=UnitLevel.GRASSROOTS, name="乙镇工会")
        family = make.a_household(session, unit=town)
        make.a_proposal(session, need=make.a_need(session, household=family))
        make.an_account(session, Role.CONTACT, unit=town)
        session.commit()
        return {"city": city.id, "east": east.id, "west": west.id, "town": town.id, "other": other.id}


@pytest.fixture
def admin(database, tree) -> Actor:
    with database.write() as session:
        actor = make.an_actor(session, Role.SYSADMIN, unit=session.get(Unit, tree["city"]))
        session.commit()
        return actor


@pytest.fixture
def caseworker(database, tree) -> Actor:
    with database.write() as session:
        actor = make.an_actor(session, Role.CASEWORKER, unit=session.get(Unit, tree["west"]))
        session.commit()
        return actor


def problem_of(caught) -> str:
    return caught.value.problems[0].code


def units_of(database, table) -> set[int]:
    with database.read() as session:
        return set(session.exec(select(table.unit_id)))


def test_a_unit_has_a_code_of_its_own_and_may_have_no_division(database, tree, admin, uow, now):
    made = network.open_unit(TOWN, parent_id=tree["west"], by=admin, uow=uow, now=now)
    with database.read() as session:
        unit = session.get(Unit, made)
        assert (unit.code, unit.division_code, unit.path) == (
            "JZ-1-21",
            None,
            f"/{tree['city']}/{tree['west']}/{made}/",
        )
        assert session.exec(select(AuditEvent.action)).all() == ["unit:open"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "武陟-1"}, "unit_code_form"),
        ({"level": UnitLevel.CITY}, "level_not_under"),
        ({"name": "x"}, "too_short"),
        ({"division_code": "999999"}, "place_unknown"),
    ],
)
def test_what_cannot_be_opened_says_why(tree, admin, uow, now, change, code):
    told = NewUnit(**{**{name: getattr(TOWN, name) for name in TOWN.__slots__}, **change})
    with pytest.raises(InvalidFields) as caught:
        network.open_unit(told, parent_id=tree["west"], by=admin, uow=uow, now=now)
    assert problem_of(caught) == code


def test_a_code_is_never_used_twice_not_even_after_closing(tree, admin, uow, now):
    made = network.open_unit(TOWN, parent_id=tree["west"], by=admin, uow=uow, now=now)
    network.close_unit(made, tree["west"], seen_version=1, by=admin, uow=uow, now=now)
    with pytest.raises(InvalidFields) as caught:
        network.open_unit(TOWN, parent_id=tree["east"], by=admin, uow=uow, now=now)
    assert problem_of(caught) == "unit_code_taken"


def test_an_old_name_stays_in_the_history(database, tree, admin, uow, now):
    network.rename_unit(tree["town"], "新甲镇工会", "新甲镇", seen_version=1, by=admin, uow=uow, now=now)
    with database.read() as session:
        step = list_steps(session, admin, tree["town"])[0]
    assert (step.action, step.name_before, step.name_after) == (UnitAct.RENAME, "甲镇工会", "新甲镇工会")
    with pytest.raises(StaleVersion):
        network.rename_unit(tree["town"], "再改一次", "再改", seen_version=1, by=admin, uow=uow, now=now)


def test_a_move_takes_the_subtree_and_the_sight_along(database, tree, admin, caseworker, uow, now):
    with database.read() as session:
        assert find_line(session, caseworker, tree["town"]) is None
    network.move_unit(tree["town"], tree["west"], seen_version=1, by=admin, uow=uow, now=now)
    with database.read() as session:
        assert find_line(session, caseworker, tree["town"]).households == 1
        assert [line.id for line in list_units(session, caseworker)] == [tree["west"], tree["town"]]


@pytest.mark.parametrize(
    ("unit", "parent", "code"),
    [("east", "town", "unit_under_itself"), ("east", "west", "level_not_under"), ("city", "west", "unit_under_itself")],
)
def test_moves_that_make_no_tree_are_refused(tree, admin, uow, now, unit, parent, code):
    with pytest.raises(InvalidFields) as caught:
        network.move_unit(tree[unit], tree[parent], seen_version=1, by=admin, uow=uow, now=now)
    assert problem_of(caught) == code


def test_a_closed_unit_gives_everything_to_its_successor(database, tree, admin, uow, now):
    done = network.close_unit(
        tree["town"], tree["other"], document="焦工〔2019〕3号", seen_version=1, by=admin, uow=uow, now=now
    )
    assert (done.households, done.needs, done.accounts) == (1, 1, 1)
    for table in (Household, Need, Proposal):
        assert units_of(database, table) == {tree["other"]}
    with database.read() as session:
        unit = session.get(Unit, tree["town"])
        assert (unit.is_active, unit.successor_id, unit.name) == (False, tree["other"], "甲镇工会")
        assert not session.exec(select(Account.is_active).where(Account.unit_id == tree["town"])).one()
        step = session.exec(select(UnitStep)).one()
        assert (step.action, step.households, step.document) == (UnitAct.CLOSE, 1, "焦工〔2019〕3号")


def test_units_merge_all_or_none(database, tree, admin, uow, now):
    with pytest.raises(InvalidFields):
        network.merge_units([tree["town"], tree["city"]], tree["other"], by=admin, uow=uow, now=now)
    assert units_of(database, Household) == {tree["town"]}
    network.merge_units([tree["east"]], tree["west"], by=admin, uow=uow, now=now)
    with database.read() as session:
        assert {unit.parent_id for unit in session.exec(select(Unit).where(Unit.level == UnitLevel.GRASSROOTS))} == {
            tree["west"]
        }


def test_nothing_happens_to_a_closed_unit(tree, admin, uow, now):
    network.close_unit(tree["town"], tree["other"], seen_version=1, by=admin, uow=uow, now=now)
    with pytest.raises(Conflict):
        network.rename_unit(tree["town"], "新甲镇工会", "新甲镇", seen_version=2, by=admin, uow=uow, now=now)
    with pytest.raises(InvalidFields) as caught:
        network.close_unit(tree["other"], tree["town"], seen_version=1, by=admin, uow=uow, now=now)
    assert problem_of(caught) == "unit_is_closed"


def test_outside_ones_reach_units_do_not_exist_and_looking_is_not_changing(tree, admin, caseworker, uow, now):
    with pytest.raises(NotFound):
        network.rename_unit(tree["town"], "新甲镇工会", "新甲镇", seen_version=1, by=caseworker, uow=uow, now=now)
    with pytest.raises(NotPermitted):
        network.rename_unit(tree["west"], "新西县总工会", "新西县", seen_version=1, by=caseworker, uow=uow, now=now)


def test_families_are_counted_only_for_those_who_see_cases(database, tree, admin, caseworker):
    with database.read() as session:
        assert {line.households for line in list_units(session, admin)} == {None}
        assert {line.households for line in list_units(session, caseworker)} == {0}
