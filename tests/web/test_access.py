"""The page that shows who may do what."""

import pytest

from matcher.domain.terms import Role


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN, Role.AUDITOR])
def test_administrators_and_auditors_see_the_table(visitor_as, role):
    page = visitor_as(role).get("/access").text
    assert "批准钱款" in page and "本单位及下级" in page and "POST /proposals/" in page


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.CITY, Role.CHARITY, Role.WORKER, Role.FINANCE])
def test_nobody_else_does(visitor_as, role):
    fields = {"donor_id": None, "unit": None} if role is Role.CHARITY else {}
    assert visitor_as(role, **fields).get("/access").status_code == 403


def test_one_role_at_a_time(visitor_as):
    page = visitor_as(Role.AUDITADMIN).get("/access?role=sysadmin").text
    assert "看不到任何家庭" in page and "批准钱款" not in page
    assert visitor_as(Role.AUDITADMIN).get("/access?role=nobody").status_code == 200
