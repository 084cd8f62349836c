"""Who sees what: every route × role × object of `nuanliu routes`, with a county beside ours full of canaries (R47).

Nothing here lists permissions: routes, what they ask for and who may do it are read off the application. A new route
is walked by itself; one with a parameter that nobody planted fails.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from matcher.domain.access import ALLOWED, Action
from matcher.domain.terms import Role
from matcher.store.tables import ContactAssignment, Delivery, Household, Proposal, Referral
from tests import factories as make
from tests.web.planting import County, plant_county
from web.auth import PUBLIC, SIGNED_IN, policy_of
from web.routes import listed

FIXED = {"kind": "needs", "act": "accept", "token": "a-token", "name": "bootstrap.css", "filename": "nuanliu.css"} | {
    "section": "person",
    "sheet": "file",
}
ABSENT = 2**31 - 2
BODIES = {
    "/deliveries/mark": ("delivery_id", {"chosen": "?:1", "delivered_on": "2019-01-09", "handler": "周敏"}),
    "/deliveries/sheet": ("delivery_id", {"chosen": "?"}),
    "/plans/uncovered": ("account_id", {"accounts": "?"}),
    "/plans/<household_id>/contact": ("account_id", {"account": "?", "reason": "left"}),
    "/proposals/together/<offer_id>": ("proposal_id", {"chosen": "?:1", "read": "yes"}),
    "/files/<file_id>/transfer": ("unit_id", {"to_unit_id": "?", "version": "1"}),
    "/needs/<need_id>/refer": ("unit_id", {"to_unit": "?", "reason": "closer"}),
}
"""Posts whose objects stand in the form, not in the address: which object, and what else is typed."""
WHOLE_HOUSE = {"audit.trail", "model.show"}
"""Pages about the whole installation: the trail by ids and codes, and what was learned from everybody's decisions."""
SEARCHED = ("/needs", "/files", "/offers", "/deliveries", "/accounts", "/network", "/proposals", "/plans", "/referrals")


@pytest.fixture
def ours(app, sqlite_database) -> County:
    with sqlite_database.write() as session:
        county = plant_county(session, make.WUZHI, "home")
        session.commit()
        session.refresh(county.unit)
        return county


@pytest.fixture
def plant_theirs(sqlite_database):
    def plant() -> County:
        with sqlite_database.write() as session:
            county = plant_county(session, "410825", "elsewhere")
            session.commit()
            return county

    return plant


@pytest.fixture
def enter(visitor_as, ours):
    """Somebody of a role in our county, signed in; a donor of ours, a worker of one of our families."""

    def go(role: Role) -> Any:
        place: dict[str, Any] = {"unit": ours.unit}
        if role in (Role.CHARITY, Role.ENTERPRISE):
            place = {"donor_id": ours.donor_id}
        elif role is Role.WORKER:
            place = {"household_id": ours.household_id, "donor_id": None}
        return visitor_as(role, **place)

    return go


def routes(app, method: str) -> Iterator[dict[str, Any]]:
    yield from (route for route in listed(app) if method in route["methods"] and route["action"] != "public")


def parameters(path: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", path)


def address(path: str, named: dict[str, Any]) -> str:
    values = FIXED | named
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), path)


def is_allowed(app, role: Role, endpoint: str) -> bool:
    policy = policy_of(app, endpoint)
    return policy in (PUBLIC, SIGNED_IN) or any(action in ALLOWED[role] for action in policy.actions)


def text_of(answer: Any) -> str:
    """What stands in an answer; a workbook is unpacked."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True)
    with ZipFile(BytesIO(answer.data)) as book:
        return "".join(
            book.read(name).decode("utf-8", "replace") for name in sorted(book.namelist()) if "docProps" not in name
        )


def leaked(text: str, county: County, but: str = "") -> set[str]:
    return {word for word in county.canaries if word in text and word != but}


def test_enough_was_planted_and_every_route_can_be_walked(app, plant_theirs):
    theirs = plant_theirs()
    assert len(theirs.canaries) >= 200
    unknown = {name for route in listed(app) for name in parameters(route["path"])} - set(theirs.named) - set(FIXED)
    assert unknown == set()


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_what_lies_elsewhere_does_not_exist(app, enter, plant_theirs, role):
    theirs, visitor = plant_theirs(), enter(role)
    absent = {name: "nobody-at-all-000" if isinstance(v, str) else ABSENT for name, v in theirs.named.items()}
    wrong = []
    for method in ("GET", "POST"):
        for route in routes(app, method):
            if not set(parameters(route["path"])) & set(theirs.named):
                continue
            wanted = 404 if is_allowed(app, role, route["endpoint"]) else 403
            for named in (theirs.named, absent):
                path = address(route["path"], named)
                answer = visitor.get(path) if method == "GET" else visitor.send(path)
                if answer.status_code != wanted or leaked(text_of(answer), theirs):
                    wrong.append((method, path, answer.status_code, wanted, leaked(text_of(answer), theirs)))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_no_page_list_search_or_export_tells_of_it(app, enter, ours, plant_theirs, role):
    theirs, visitor = plant_theirs(), enter(role)
    case_code = min(word for word in theirs.canaries)
    wrong, seen = [], 0
    for route in routes(app, "GET"):
        path = address(route["path"], ours.named)
        if not is_allowed(app, role, route["endpoint"]):
            assert visitor.get(path).status_code == 403, path
            continue
        for asked in ("", "?kind=csv&format=csv", f"?donor={theirs.donor_id}"):
            answer = visitor.get(path + asked)
            seen += 1
            assert answer.status_code < 500, path
            wrong += [(path + asked, word) for word in leaked(text_of(answer), theirs)]
    for path in SEARCHED:
        answer = visitor.get(path, query_string={"q": case_code, "case": case_code})
        wrong += [(path, word) for word in leaked(text_of(answer), theirs, but=case_code)]
    assert wrong == [] and seen


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_ids_in_a_form_reach_no_further_than_those_in_an_address(enter, ours, plant_theirs, sqlite_database, role):
    theirs, visitor = plant_theirs(), enter(role)
    before = rows_of(sqlite_database)
    for path, (name, more) in BODIES.items():
        chosen = str(theirs.named[name])
        path, more = address(path, ours.named), {field: value.replace("?", chosen) for field, value in more.items()}
        answer = visitor.send(path, **more)
        assert answer.status_code < 500 and not leaked(text_of(answer), theirs), path
    assert rows_of(sqlite_database) == before


def rows_of(database) -> dict[str, list[Any]]:
    tables = {"delivery": Delivery, "contact": ContactAssignment, "proposal": Proposal, "referral": Referral}
    with database.read() as session:
        return {
            name: sorted(repr(row) for row in session.exec(make.select(table)).all()) for name, table in tables.items()
        }


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_every_number_is_the_same_whether_the_other_county_is_there_or_not(app, enter, ours, plant_theirs, role):
    """Counts, pages, shares and lists of ours: byte for byte, but for the tokens of forms."""
    visitor = enter(role)
    paths = [
        address(route["path"], ours.named)
        for route in routes(app, "GET")
        if is_allowed(app, role, route["endpoint"]) and route["endpoint"] not in WHOLE_HOUSE
    ]
    before = {path: plain(visitor.get(path)) for path in paths}
    plant_theirs()
    assert [path for path in paths if plain(visitor.get(path)) != before[path]] == []


def plain(answer: Any) -> str:
    """Without the tokens of forms and the number an error is told by."""
    return re.sub(r'csrf[-_]token" (?:content|value)="[^"]+|R-[0-9A-Z]{5}', "", text_of(answer))


def test_pages_of_the_whole_house_are_for_the_city_and_its_auditors(app):
    for route in listed(app):
        if route["endpoint"] in WHOLE_HOUSE:
            allowed = {role for role in Role if is_allowed(app, role, route["endpoint"])}
            assert allowed <= {Role.CITY, Role.AUDITOR, Role.AUDITADMIN}, route


def test_actions_without_a_route_are_none(app):
    asked = {
        action for rule in app.url_map.iter_rules() for action in (policy_of(app, rule.endpoint) or PUBLIC).actions
    }
    assert asked == set(Action)


FAMILYS = {"household_id", "need_id", "proposal_id", "delivery_id", "measure_id", "file_id"}


def test_a_contact_person_sees_the_families_they_look_after_and_no_other(app, enter, ours, sqlite_database):
    """Families of colleagues in the same unit are as absent as those of another county."""
    visitor = enter(Role.CONTACT)
    walked = [
        address(route["path"], ours.named)
        for route in routes(app, "GET")
        if is_allowed(app, Role.CONTACT, route["endpoint"])
    ]
    with sqlite_database.read() as session:
        theirs = {row.case_code for row in session.exec(make.select(Household)).all()}
    told = {path: text_of(visitor.get(path)) for path in [*walked, "/needs?status=all", "/deliveries?status="]}
    assert [(path, code) for path, text in told.items() for code in theirs if code in text] == []
    for method in ("GET", "POST"):
        for route in routes(app, method):
            if FAMILYS & set(parameters(route["path"])) and is_allowed(app, Role.CONTACT, route["endpoint"]):
                path = address(route["path"], ours.named)
                assert (visitor.get(path) if method == "GET" else visitor.send(path)).status_code == 404, path
    with sqlite_database.write() as session:
        session.get_one(Household, ours.named["household_id"]).contact_account_id = visitor.account_id
        session.commit()
    assert visitor.get(f"/needs/{ours.named['need_id']}").status_code == 200
    assert visitor.get(f"/plans/{ours.named['household_id']}").status_code == 200
    assert visitor.get(f"/files/{ours.named['file_id']}").status_code == 200
    found = {code for code in theirs if code in visitor.get("/needs?status=all").text}
    assert len(found) == 1 < len(theirs) and "您联系的家庭" in visitor.get("/needs").text
