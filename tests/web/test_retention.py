"""The list of erasures as people use it: seen, held with a reason, released; refused in words."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher.domain.retention import ErasureCause, ErasureState
from matcher.domain.terms import Role
from matcher.store.tables import Erasure
from tests import factories as make
from tests.factories import NOW, TODAY


@pytest.fixture
def erasure(sqlite_database):
    with sqlite_database.write() as session:
        county = make.a_county(session)
        family = make.a_household(session, unit=county, case_code="武陟-0417")
        row = Erasure(
            household_id=family.id, cause=ErasureCause.LEFT, announced_on=TODAY,
            erase_on=TODAY + timedelta(days=30), created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.commit()
        return {"id": row.id, "county": county}


def test_it_is_seen_held_and_released(visitor_as, erasure, sqlite_database):
    visitor = visitor_as(Role.REVIEWER, unit=erasure["county"])
    page = visitor.get("/retention").text
    assert "武陟-0417" in page and "离开帮扶已满保存年限" in page and "李" not in page.split("<main")[1]
    refused = visitor.send(f"/retention/{erasure['id']}/hold", version=1, until="2019-01-01", note="")
    assert refused.status_code == 422 and "暂缓的日期要在明天以后" in refused.text
    unread = visitor.send(f"/retention/{erasure['id']}/hold", version=1, until="明年", note="审计")
    assert unread.status_code == 422 and 'value="明年"' in unread.text
    until = (TODAY + timedelta(days=90)).isoformat()
    held = visitor.send(f"/retention/{erasure['id']}/hold", version=1, until=until, note="正在审计")
    assert held.status_code == 303
    assert "正在审计" in visitor.get("/retention?state=held").text
    stale = visitor.send(f"/retention/{erasure['id']}/release", version=1)
    assert stale.status_code == 409
    assert visitor.send(f"/retention/{erasure['id']}/release", version=2).status_code == 303
    with sqlite_database.read() as session:
        row = session.exec(select(Erasure)).one()
        assert row.state is ErasureState.ANNOUNCED and row.erase_on > date(2019, 1, 9)


def test_others_do_not_find_it(visitor_as, erasure):
    assert visitor_as(Role.CASEWORKER, unit=erasure["county"]).get("/retention").status_code == 403
    auditor = visitor_as(Role.AUDITOR)
    assert "武陟-0417" in auditor.get("/retention").text
    assert auditor.send(f"/retention/{erasure['id']}/hold", version=1).status_code == 403
    assert visitor_as(Role.CITY).send(f"/retention/{2**40}/hold", version=1).status_code == 404
