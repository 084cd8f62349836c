"""Offers and impact over HTTP: who sees what, what stays typed, and what never reaches a donor."""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import Session, select

from matcher.domain.terms import Category, DonorStatus, DonorType, OfferStatus, ProposalStatus, Role
from matcher.store.session import Database
from matcher.store.tables import Offer, Outbox
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.proposals import confirm_proposal
from matcher.usecases.rules import Rules
from tests import factories as make
from tests.matcher.usecases.test_impact import delivered
from tests.matcher.usecases.test_offers import VALID_USCC
from tests.places import places
from tests.policies import the_policy
from web.forms.offers import read_date

FORM = {
    "text": "大米10公斤装500份，1月20日前送完",
    "title": "大米（10 公斤装）",
    "category": "FOO",
    "quantity": "５００",
    "unit": "份",
    "per_case_max": "1",
    "valid_to": "2019年1月20日（周日）",
    "shelf_life_until": "2019-09-30",
    "hand_over": "delivered",
    "unit_value_fen": "32.50",
    "regions": ["410823"],
    "fund_source": "F5",
}
SECRETS = {
    "case_code": "武陟-8731",
    "head_name": "欧阳守拙",
    "id_card": "410823196002301230",
    "phone": "19900008731",
    "township": "嘉应观乡",
    "address": "嘉应观乡北贾村七排三号",
    "diagnosis": "尘肺病二期",
    "situation": "三口，儿子在外打工",
}
NEED_WORDS = {"title": "炉膛塌了没法烧火", "text": "老屋炉膛塌了，烟往屋里灌，孙女咳得睡不着。"}


@pytest.fixture
def session(sqlite_database: Database, app: Any) -> Iterator[Session]:
    with sqlite_database.write() as session:
        for code, name in (("410802", "解放区"), ("410811", "山阳区"), ("410823", "武陟县"), ("410825", "温县")):
            make.a_division(session, code, name, "410800")
        yield session


Enter = Callable[..., Any]


def a_charity(session: Session, enter: Enter, **fields: Any) -> tuple[Any, int]:
    donor = make.a_donor(session, **({"donor_type": DonorType.CHARITY, "name": "怀禾公益协会"} | fields))
    session.commit()
    return enter(Role.CHARITY, donor_id=donor.id), donor.id or 0


def test_a_sentence_fills_the_form_and_keeps_what_was_typed(session: Session, visitor_as: Enter) -> None:
    visitor, _donor = a_charity(session, visitor_as)
    sentence = "大米10公斤装500份，限解放区和山阳区低保户，1月20日前送完"
    page = visitor.send("/offers/new", text=sentence, title="好大米", unit="份", per_case_max="1", read="1").text
    assert 'value="好大米"' in page and 'value="500"' in page and 'value="2019-01-20"' in page
    for code in ("410802", "410811", "SUBSISTENCE", "delivered"):
        assert f'value="{code}" checked' in page, code
    assert page.count("已读出") >= 7 and "没有读到，请补上" in page  # rice keeps until a day it does not name
    assert "<ruby><mark>解放区</mark><rt>区域</rt></ruby>" in page
    assert session.exec(select(Offer)).all() == []


def test_a_gift_of_money_is_not_one_yuan_each(session: Session, visitor_as: Enter) -> None:
    visitor, _donor = a_charity(session, visitor_as)
    page = visitor.send("/offers/new", text="捐款2万元，给困难职工", unit="份", per_case_max="1", read="1").text
    assert 'value="20000"' in page and 'id="per_case_max" name="per_case_max" type="text" value=""' in page


def test_a_charity_registers_and_reads_its_offer(session: Session, visitor_as: Enter) -> None:
    visitor, donor_id = a_charity(session, visitor_as)
    answer = visitor.send("/offers/new", **FORM | {"requires_file": "yes"})
    assert answer.status_code == 303
    row = session.exec(select(Offer)).one()
    assert (row.donor_id, row.quantity, row.unit_value_fen, row.valid_to) == (donor_id, 500, 3250, date(2019, 1, 20))
    page = visitor.get(answer.location).text
    assert "待审核" in page and "大米（10 公斤装）" in page and "已交给工会审核" in page
    assert row.requires_file and "建了档的才给" in page
    form = visitor.get(f"/offers/{row.id}/edit").text
    assert '<option value="yes" selected>' in form and '<details class="nl-fold mt-3" open>' in form
    listed = visitor.get("/offers").text
    assert "大米（10 公斤装）" in listed and 'href="/imports/offers"' in listed
    assert visitor.get("/imports/offers").status_code == 200


def test_what_was_typed_is_kept_and_every_field_is_told_once(session: Session, visitor_as: Enter) -> None:
    visitor, _ = a_charity(session, visitor_as)
    typed = FORM | {"quantity": "五百", "valid_to": "腊月十五", "unit_value_fen": "1.234", "shelf_life_until": ""}
    answer = visitor.send("/offers/new", **typed)
    assert answer.status_code == 422
    for kept in ("五百", "腊月十五", "1.234", FORM["text"]):
        assert kept in answer.text
    assert answer.text.count('class="nl-error"') == 4
    assert "数量：请写大于 0 的整数，例如 120" in answer.text
    assert "食品要写保质期到哪一天" in answer.text
    assert session.exec(select(Offer)).all() == []


def test_hostile_text_stays_text(session: Session, visitor_as: Enter) -> None:
    visitor, _ = a_charity(session, visitor_as)
    hostile = '<script>alert(1)</script>"><img src=x>{{7*7}}'
    answer = visitor.send("/offers/new", **(FORM | {"title": hostile[:40], "intention": hostile, "text": hostile}))
    page = visitor.get(answer.location).text
    assert "<script>alert" not in page and "<img src=x" not in page and "{{7*7}}" in page


def test_unknown_choices_and_crooked_numbers_are_refused(session: Session, visitor_as: Enter) -> None:
    visitor, _ = a_charity(session, visitor_as)
    for crooked in (
        {"category": "XXX"}, {"regions": ["999999"]}, {"eligible_groups": ["RICH"]}, {"hand_over": "thrown"},
        {"quantity": "1e3"}, {"quantity": "-5"}, {"quantity": "9" * 30}, {"valid_to": "2019-02-30"}, {"age_min": "x"},
        {"fund_source": "F1"}, {"donor_id": "99"} | {"quantity": ""},
    ):  # fmt: skip
        assert visitor.send("/offers/new", **(FORM | crooked)).status_code == 422, crooked
    assert session.exec(select(Offer)).all() == []


def test_foreign_offers_do_not_exist(session: Session, visitor_as: Enter) -> None:
    foreign = make.an_offer(session, status=OfferStatus.PENDING)
    visitor, _ = a_charity(session, visitor_as)
    absent = visitor.get("/offers/99999")
    for path in (f"/offers/{foreign.id}", f"/offers/{foreign.id}/edit", f"/impact?donor={foreign.donor_id}"):
        assert visitor.get(path).status_code == absent.status_code == 404
    for act in ("edit", "withdraw"):
        fields = FORM | {"seen_version": "1", "withdraw_reason": "other"}
        assert visitor.send(f"/offers/{foreign.id}/{act}", **fields).status_code == 404
    assert visitor.send(f"/offers/{foreign.id}/accept", seen_version="1").status_code == 403


def test_union_staff_accept_and_vet(session: Session, visitor_as: Enter) -> None:
    donor = make.a_donor(session, status=DonorStatus.PENDING, uscc=VALID_USCC)
    offer = make.an_offer(session, donor=donor, status=OfferStatus.PENDING)
    session.commit()
    city = visitor_as(Role.CITY)
    assert "新捐赠方" in city.get("/offers").text
    refused = city.send(f"/offers/{offer.id}/accept", seen_version="1")
    assert refused.status_code == 422 and "这家捐赠方还没有审核" in refused.text
    assert city.send(f"/offers/{offer.id}/accept", seen_version="1", vet_donor="yes").status_code == 303
    assert "可对接" in city.get(f"/offers/{offer.id}").text
    assert city.send(f"/offers/{offer.id}/accept", seen_version="2").status_code == 409


def test_returning_asks_for_a_reason(session: Session, visitor_as: Enter) -> None:
    offer = make.an_offer(session, status=OfferStatus.PENDING)
    session.commit()
    city = visitor_as(Role.CITY)
    assert "请选择退回的理由" in city.send(f"/offers/{offer.id}/return", seen_version="1").text
    sent = city.send(f"/offers/{offer.id}/return", seen_version="1", return_reason="shelf_life")
    assert sent.status_code == 303
    donor = visitor_as(Role.ENTERPRISE, donor_id=offer.donor_id)
    assert "理由：保质期太短" in donor.get(f"/offers/{offer.id}").text


def test_a_stale_page_changes_nothing(session: Session, visitor_as: Enter) -> None:
    offer = make.an_offer(session, version=4)
    session.commit()
    donor = visitor_as(Role.ENTERPRISE, donor_id=offer.donor_id)
    assert donor.send(f"/offers/{offer.id}/edit", **(FORM | {"seen_version": "3"})).status_code == 409


def test_filters_stand_in_the_address(session: Session, visitor_as: Enter) -> None:
    make.an_offer(session, title="棉被一百床", category=Category.WIN)
    make.an_offer(session, title="大米一百袋")
    session.commit()
    city = visitor_as(Role.CITY)
    page = city.get("/offers?category=WIN&status=open").text
    assert "棉被一百床" in page and "大米一百袋" not in page
    assert "没有这样的资源" in city.get("/offers?q=zzz").text
    assert city.get("/offers?category=nonsense&status=1&page=-3").status_code == 200


def test_who_waits_is_told_in_whole_steps(session: Session, visitor_as: Enter) -> None:
    county, near = make.a_county(session), make.a_county(session, "410825")
    for _ in range(13):
        make.a_need(session, household=make.a_household(session, unit=county))
    for _ in range(9):
        make.a_need(session, household=make.a_household(session, unit=near))
    visitor, _ = a_charity(session, visitor_as)
    part = visitor.get("/offers/demand?category=FOO").text.replace("\u00a0", " ")
    assert "10 多户在等" in part and "武陟县" in part and "温县" not in part and "13" not in part
    outside = visitor.get("/offers/demand?category=FOO&regions=410825").text
    assert "不在您填的区域里" in outside
    looked = visitor.send("/offers/new", **(FORM | {"look": "1"}))
    assert looked.status_code == 200 and "10\u00a0多户在等" in looked.text and FORM["text"] in looked.text


def test_nothing_of_a_family_reaches_its_donor(session: Session, visitor_as: Enter) -> None:
    donor = make.a_donor(session)
    offer = make.an_offer(session, donor=donor, excluded_households=[])
    family = make.a_household(session, **SECRETS)
    need = make.a_need(session, household=family, story="原话：" + NEED_WORDS["text"], **NEED_WORDS)
    offer.excluded_households = [family.id]
    make.a_proposal(session, need=need, offer=offer, status=ProposalStatus.PROPOSED)
    delivered(session, offer, "410823", 12)
    session.commit()
    visitor = visitor_as(Role.ENTERPRISE, donor_id=donor.id)
    paths = [
        "/offers", f"/offers/{offer.id}", f"/offers/{offer.id}/edit", "/offers/new", "/offers/demand?category=FOO",
        "/impact", "/impact?from=2019-01-01&to=2019-01-31", "/impact/export", "/impact/export?kind=csv",
        "/offers/export?kind=csv", "/offers/export",
    ]  # fmt: skip
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        body = answer.data.decode("utf-8", "ignore") + _cells(answer.data)
        for told in (*SECRETS.values(), *NEED_WORDS.values(), "大虹桥乡", "李志远", "19900", "武陟-"):
            assert told not in body, (path, told)


def test_words_of_a_need_stay_with_its_reasons_on_the_unions_side(
    session: Session, visitor_as: Enter, sqlite_database: Database, now: datetime
) -> None:
    """Reasons quote the family; neither the donor's pages nor the notices to either side do."""
    donor = make.a_donor(session)
    offer = make.an_offer(session, donor=donor)
    need = make.a_need(session, **NEED_WORDS)
    said = {"concept": "HOU.structure", "need_words": ["炉膛塌了"], "offer_words": ["春节礼包"]}
    reasons = [{"code": "SAME_CONCEPT", "params": said}]
    proposal = make.a_proposal(session, need=need, offer=offer, reasons=reasons)
    by = make.an_actor(session, Role.CASEWORKER)
    session.commit()
    caseworker = visitor_as(Role.CASEWORKER)
    assert "<mark>炉膛塌了</mark>" in caseworker.get(f"/proposals/{proposal.id}").text
    rules = Rules(policy=the_policy(date(2019, 1, 9)), places=places())
    confirm_proposal(proposal.id or 0, seen_version=1, by=by, uow=UnitOfWork(sqlite_database), now=now, rules=rules)
    with sqlite_database.read() as reading:
        told = reading.exec(select(Outbox)).all()
    assert {notice.kind for notice in told} == {"proposal_confirmed_to_household", "proposal_confirmed_to_donor"}
    assert all(set(notice.params) == {"quantity", "unit", "offer_id"} for notice in told)
    enterprise = visitor_as(Role.ENTERPRISE, donor_id=donor.id)
    for path in ("/offers", f"/offers/{offer.id}", f"/offers/{offer.id}/edit", "/impact", "/offers/export?kind=csv"):
        assert "炉膛" not in enterprise.get(path).text, path
    for path in (f"/proposals/{proposal.id}", f"/proposals/{proposal.id}/why-not?offer={offer.code}",
                 f"/needs/{need.id}/why-not?offer={offer.code}"):  # fmt: skip
        assert enterprise.get(path).status_code == 403


def _cells(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return ""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return " ".join(str(cell) for row in sheet.to_python() for cell in row)


def test_the_export_says_no_more_than_the_page(session: Session, visitor_as: Enter) -> None:
    offer = make.an_offer(session, title="羽绒服", unit_value_fen=260_00)
    delivered(session, offer, "410823", 12)
    delivered(session, offer, "410825", 3)
    session.commit()
    visitor = visitor_as(Role.ENTERPRISE, donor_id=offer.donor_id)
    page, table = visitor.get("/impact").text, _cells(visitor.get("/impact/export").data)
    for words in ("武陟县", "不是捐赠票据", "演示数据"):
        assert words in page.replace("<b>", "").replace("</b>", "") and words in table
    assert "温县" not in page and "温县" not in table
    assert "3900" in table and "3,900.00" in page


def test_a_period_that_cannot_be_is_said_beside_its_field(session: Session, visitor_as: Enter) -> None:
    visitor, _ = a_charity(session, visitor_as)
    assert visitor.get("/impact?from=2019-01-31&to=2019-01-01").status_code == 422
    wrong = visitor.get("/impact?from=gestern")
    assert wrong.status_code == 422 and "请写日期" in wrong.text


def test_the_city_reads_any_donors_summary(session: Session, visitor_as: Enter) -> None:
    offer = make.an_offer(session, title="羽绒服")
    delivered(session, offer, "410823", 12)
    session.commit()
    city = visitor_as(Role.CITY)
    assert "禾暖粮油" in city.get("/impact").text
    assert "羽绒服" in city.get(f"/impact?donor={offer.donor_id}").text
    assert visitor_as(Role.CASEWORKER).get("/impact").status_code == 403


def test_english_is_whole(session: Session, visitor_as: Enter) -> None:
    offer = make.an_offer(session, title="Coats", text="Coats for winter", donor=make.a_donor(session, name="Acme"))
    delivered(session, offer, "410823", 12)
    session.commit()
    visitor = visitor_as(Role.ENTERPRISE, donor_id=offer.donor_id)
    page = visitor.get("/impact?lang=en").text
    assert "Your giving has reached at least 12 families" in page and "not a donation receipt" in page
    assert "Best before" in visitor.get("/offers/new").text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-01-20", date(2019, 1, 20)),
        ("2019年1月20日（周日）", date(2019, 1, 20)),
        ("2019/1/20", date(2019, 1, 20)),
        ("1月20日", date(2019, 1, 20)),
        ("1月2日", date(2020, 1, 2)),
    ],
)
def test_days_as_people_write_them(text: str, day: date) -> None:
    assert read_date(text, date(2019, 1, 9)) == day


@pytest.mark.parametrize("text", ["腊月十五", "2019-02-30", "13月1日", "", "20190120x"])
def test_days_nobody_can_read(text: str) -> None:
    with pytest.raises(ValueError):
        read_date(text, date(2019, 1, 9))
