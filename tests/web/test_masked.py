"""What identifies a family is masked until somebody asks for it, and then an entry says so."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from matcher.domain.terms import Role
from matcher.store.session import Database
from matcher.store.tables import AuditEvent
from tests import factories as make

PLANTED = {
    "head_name": "欧阳翠芬",
    "id_card": "410823199001014999", "phone": "19912345678", "bank_card": "6200000000000000017",
    "address": "木城街道桂花巷九号", "diagnosis": "再生障碍性贫血",
}  # fmt: skip
STORY = "欧阳翠芬家里房顶漏雨，电话19912345678"
ROLES = (Role.CASEWORKER, Role.REVIEWER, Role.CONTACT, Role.CITY, Role.FINANCE, Role.AUDITOR)


def test_nothing_personal_is_shown_without_being_asked_for(
    app: Any,
    visitor_as: Callable[..., Any],
    sqlite_database: Database,
):
    """Every page that can be opened, for every role that sees cases: names, numbers and places are masked there."""
    with sqlite_database.write() as session:
        need = make.a_need(session, household=make.a_household(session, **PLANTED), story=STORY)
        proposal = make.a_proposal(session, need=need)
        ids = {"need_id": need.id, "proposal_id": proposal.id, "offer_id": proposal.offer_id, "run_id": proposal.run_id}
        session.commit()
    paths = [
        rule.rule.replace(f"<int:{name}>", str(ids.get(name)))
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.arguments <= set(ids)
        for name in [*rule.arguments, ""][:1]
    ]
    assert len(paths) > 30
    shown, seen = [], 0
    for role in ROLES:
        visitor = visitor_as(role)
        for path in paths:
            answer = visitor.get(path, query_string={"kind": "csv", "format": "csv"})
            text = answer.data.decode("utf-8", errors="ignore")
            seen += answer.status_code == 200 and "欧" in text
            shown += [(role, path, name) for name, value in PLANTED.items() if value in text]
    assert shown == [] and seen > 3


@pytest.mark.parametrize(
    ("path", "method", "entries"),
    [
        ("/needs/{need}/reveal", "POST", {"household:reveal", "need:reveal"}),
        ("/proposals/{proposal}/reveal", "POST", {"household:reveal"}),
        ("/needs/export", "GET", {"need:export"}),
        ("/deliveries/export", "GET", {"delivery:export"}),
    ],
)
def test_what_is_asked_for_leaves_an_entry(
    visitor_as: Callable[..., Any],
    sqlite_database: Database,
    path: str,
    method: str,
    entries: set[str],
):
    with sqlite_database.write() as session:
        need = make.a_need(session, household=make.a_household(session, **PLANTED), story=STORY)
        proposal = make.a_proposal(session, need=need)
        session.commit()
    path = path.format(need=need.id, proposal=proposal.id)
    visitor = visitor_as(Role.CASEWORKER)
    answer = visitor.get(path) if method == "GET" else visitor.send(path, page="/proposals", purpose="check")
    assert answer.status_code == 200 and (method == "GET" or PLANTED["head_name"] in answer.text)
    with sqlite_database.read() as session:
        assert set(session.exec(select(AuditEvent.action))) == entries
