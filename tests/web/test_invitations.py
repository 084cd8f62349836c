"""Inviting through the pages."""

import re

from matcher.domain.terms import Role
from tests import factories as make

PASSWORD = "warm current 2019"


def test_a_link_is_shown_once_and_makes_an_account(visitor_as, visitor, sqlite_database):
    admin = visitor_as(Role.SECADMIN)
    with sqlite_database.write() as session:
        unit = make.a_county(session).id
        session.commit()
    page = admin.send("/accounts/invite", role="contact", display_name="周敏", unit_id=str(unit))
    path = re.search(r"/invitations/[\w-]+", page.text)[0]
    assert page.status_code == 200 and "周敏" not in page.text
    listed = admin.get("/accounts").text
    assert "还没有用的邀请（1）" in listed and path not in listed
    assert "帮扶联系人" in visitor.get(path).text
    twice = {"password": PASSWORD, "repeat_password": PASSWORD}
    assert visitor.send(path, username="zhou-min", password=PASSWORD, repeat_password="other").status_code == 422
    assert visitor.send(path, username="zhou-min", **twice).location == "/needs"
    assert visitor.get(path).status_code == 404
    assert "zhou-min" in admin.get("/accounts").text


def test_what_is_missing_stands_beside_the_field(visitor_as):
    answer = visitor_as(Role.SECADMIN).send("/accounts/invite", display_name="周敏")
    assert answer.status_code == 422 and "周敏" in answer.text
