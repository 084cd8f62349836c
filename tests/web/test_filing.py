"""Pages of the ladder of help: what comes first, another tier, families that should have a file."""

from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.terms import Category, FileLevel, FileStatus, FundSource, Role, Tier
from matcher.store.tables import EntitlementCheck, FilingTask
from tests import factories as make


def planted(database, **household):
    with database.write() as session:
        family = make.a_household(session, **({"file_status": FileStatus.NONE} | household))
        need = make.a_need(session, household=family, category=Category.MED, tier=Tier.T2, unit="元", quantity=2000)
        session.commit()
        return family.id, need.id


def test_a_need_says_what_comes_first_and_goes_to_another_tier(visitor_as, sqlite_database):
    _family, need = planted(sqlite_database)
    visitor = visitor_as(Role.CASEWORKER)
    page = visitor.get(f"/needs/{need}").text
    assert "先用什么帮" in page and "医疗救助" in page and "没核对过" in page and "财政资金不能用" in page
    wrong = visitor.send(f"/needs/{need}/tier", tier="T1", tier_reason="wrong")
    assert wrong.status_code == 422 and "先建档" in wrong.text
    assert visitor.send(f"/needs/{need}/tier", tier="T3", tier_reason="mutual_aid").status_code == 303
    page = visitor.get(f"/needs/{need}").text
    assert "走访慰问 → 互助保障" in page and "参加了互助保障" in page


def test_a_family_is_put_on_the_list_and_taken_off_with_a_reason(visitor_as, sqlite_database):
    family, need = planted(sqlite_database)
    visitor = visitor_as(Role.CASEWORKER)
    assert "没有等着建档的人家" in visitor.get("/files/to-file").text
    wrong = visitor.send(f"/files/to-file/{family}/suggest", need=str(need), filing_note="")
    assert wrong.status_code == 422 and "请写走访时看到什么" in wrong.text
    sent = visitor.send(f"/files/to-file/{family}/suggest", need=str(need), filing_note="两年没有收入")
    assert sent.status_code == 303
    listed = visitor.get("/files/to-file").text
    assert "两年没有收入" in listed and "走访发现长期困难" in listed and "李志远" not in listed
    assert "有 1 户要建档" in visitor.get("/files").text.replace("\xa0", " ")
    assert "这户要建档" in visitor.get(f"/needs/{need}").text
    assert visitor.send(f"/files/to-file/{family}/drop", version="1", note="").status_code == 422
    assert visitor.send(f"/files/to-file/{family}/drop", version="1", note="搬走了").status_code == 303
    assert "没有等着建档的人家" in visitor.get("/files/to-file").text


def test_a_day_that_is_past_stands_out(visitor_as, sqlite_database):
    family, _need = planted(sqlite_database)
    with sqlite_database.write() as session:
        session.add(
            FilingTask(
                household_id=family, reason="early_help", due_on=make.TODAY.replace(day=2), created_at=make.NOW,
                updated_at=make.NOW,
            )
        )  # fmt: skip
        session.commit()
    visitor = visitor_as(Role.REVIEWER)
    assert "其中 1 户已经过了期限" in visitor.get("/files").text.replace("\xa0", " ")
    page = visitor.get("/files/to-file").text
    assert "急难先帮，补建档" in page and "不用建档了" not in page, "a reviewer reads the list, and no more"


def test_treasury_money_is_held_back_in_words_until_the_state_was_asked(visitor_as, sqlite_database):
    with sqlite_database.write() as session:
        family = make.a_household(
            session, file_status=FileStatus.ACTIVE, file_level=FileLevel.NATIONAL, is_excluded=False
        )
        need = make.a_need(session, household=family, category=Category.MED, unit="元", quantity=2000)
        offer = make.an_offer(
            session, category=Category.MED, unit="元", quantity=9000, fund_source=FundSource.CENTRAL, per_case_max=3000
        )
        proposal = make.a_proposal(session, need=need, offer=offer, quantity=2000).id
        session.commit()
        family_id = family.id
    visitor = visitor_as(Role.CASEWORKER)
    assert "还没有人核对过" in visitor.get(f"/proposals/{proposal}").text
    with sqlite_database.write() as session:
        session.add(
            EntitlementCheck(
                household_id=family_id, entitlement=Entitlement.MEDICAL, state=EntitlementState.DUE,
                checked_on=make.TODAY, created_at=make.NOW, updated_at=make.NOW,
            )
        )  # fmt: skip
        session.commit()
    assert "国家政策在先" in visitor.get(f"/proposals/{proposal}").text
    refused = visitor.send(f"/proposals/{proposal}/confirm", seen_version="1")
    assert refused.status_code == 422 and "国家政策在先" in refused.text and "医疗救助" in refused.text
