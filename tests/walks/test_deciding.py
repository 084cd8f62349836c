"""A caseworker's morning in a real browser: read, call, confirm, undo, hand out; by mouse and by keys."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from matcher.domain.terms import (
    Category,
    DonorType,
    HardshipClass,
    PayoutChannel,
    ProposalStatus,
    Role,
    UnitLevel,
)
from matcher.store.tables import AuditEvent, Delivery, Household, Need, Offer, Proposal
from tests import factories as make
from tests.pages import DESKTOP, Walk
from tests.walks.conftest import LiveApp

pytestmark = pytest.mark.browser
REASONS = [
    {"code": "WORDS_SHARED", "params": {"words": ["米", "面", "过年"]}},
    {"code": "SAME_COUNTY", "params": {"region": "410823"}},
    {"code": "WAITED_DAYS", "params": {"days": 23}},
]


@pytest.fixture
def queue(live_app: LiveApp) -> dict[str, int]:
    """Money for a hospital bill (most urgent), three parcels of one offer, and quilts."""
    with live_app.database.write() as session:
        run = make.a_run(session)
        rice = make.an_offer(session)
        quilts = make.an_offer(session, title="棉被", category=Category.WIN, unit="床", quantity=10, per_case_max=3)
        fund = make.an_offer(
            session, title="大病救助金", category=Category.MED, unit="元", quantity=120_000, per_case_max=8000,
            regions=[], shelf_life_until=None, payout=PayoutChannel.BANK_CARD,
            donor=make.a_donor(session, name="市慈善救助专项", donor_type=DonorType.CHARITY),
        )  # fmt: skip
        ids = {}
        bill = make.a_need(
            session, title="化疗自付跟不上", category=Category.MED, unit="元", quantity=8000, urgency=5,
            self_paid_left=26_430, deadline=date(2019, 1, 10),
        )  # fmt: skip
        ids["money"] = make.a_proposal(session, need=bill, offer=fund, run=run, quantity=8000, score=871).id
        for place, name in enumerate(("李志远", "郭庆", "马兰")):
            home = make.a_household(session, head_name=name)
            need = make.a_need(session, household=home)
            made = make.a_proposal(session, need=need, offer=rice, run=run, score=842 - place, reasons=REASONS)
            ids[f"rice-{place + 1}"] = made.id
        cold = make.a_need(
            session, title="夜里冷得睡不着", category=Category.WIN, unit="床", quantity=4, urgency=3,
            household=make.a_household(session, hardship_class=HardshipClass.DEEP),
        )  # fmt: skip
        ids["quilts"] = make.a_proposal(session, need=cold, offer=quilts, run=run, quantity=2, score=655).id
        session.commit()
    return {name: id_ or 0 for name, id_ in ids.items()}


@pytest.fixture
def caseworker(queue: dict[str, int], signed_in_as: Callable[..., Walk]) -> Walk:
    return signed_in_as(Role.CASEWORKER)


def status_of(live_app: LiveApp, proposal_id: int) -> ProposalStatus:
    with live_app.database.read() as session:
        return session.get_one(Proposal, proposal_id).status


def case_of(live_app: LiveApp, proposal_id: int) -> str:
    with live_app.database.read() as session:
        query = select(Household.case_code).join(Proposal, col(Proposal.household_id) == Household.id)
        return session.exec(query.where(Proposal.id == proposal_id)).one()


def test_a_morning(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker
    assert page.path == "/proposals" and page.title == "今日待确认对接（5）"
    page.opens(f"/proposals/{queue['rice-1']}")
    assert page.sees("年前缺米面油，送米面油礼包 1 份") and page.sees("条规则全部通过")
    assert page.part(".nl-quote mark").all_inner_texts()[:2] == ["米", "面"]
    page.picks("已联系").fills(contact_note="本人要 1 份，儿媳可到乡工会取。").presses("记下")
    assert page.path == f"/proposals/{queue['rice-1']}" and page.sees("儿媳可到乡工会取。经办人 周**")

    page.presses("确认 1 份")
    assert page.path == f"/proposals/{queue['rice-2']}", "the next one is already there"
    assert page.title == "今日待确认对接（4）" and page.sees("今天已办 1 项")
    case = case_of(live_app, queue["rice-1"])
    assert page.part(".nl-undo b").inner_text() == f"已确认 {case}，米面油礼包 1\u00a0份"
    page.presses("撤销")
    assert page.path == f"/proposals/{queue['rice-1']}" and page.title == "今日待确认对接（5）"
    assert page.sees("办理经过（2）")
    page.presses("确认 1 份")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.CONFIRMED

    page.presses("发放", exact=True)
    assert page.title == "待发放（1）" and page.sees("未发放")
    page.presses("打勾的记为已发放")
    assert page.sees("请先在清单里打勾")
    page.part("input[name=chosen]").check()
    page.fills(handler="").presses("打勾的记为已发放")
    assert page.errors == ["请写经手人"]
    assert page.part("input[name=chosen]").is_checked(), "what was ticked stays ticked"
    page.fills(handler="赵敏").presses("打勾的记为已发放")
    assert page.title == "发放" and page.sees("1 项已记为已发放") and page.sees("都发放完了")
    page.presses("看已发放的")
    assert page.title == "已发放（1）" and page.sees("经手人 赵敏")
    with live_app.database.read() as session:
        assert session.exec(select(Offer.delivered).where(Offer.title == "米面油礼包")).one() == 1
        assert session.exec(select(Need.status).where(Need.met == 1)).one() == "met"


def test_declining_asks_for_a_reason(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['rice-1']}").presses("不采纳")
    page.presses("按写的理由")
    assert page.errors == ["请写一句为什么"]
    sent = "form.nl-sheet[action$='/decline'] button[name=reason]"
    page.part(sent).first.evaluate("button => button.value = 'nothing known'")
    page.part(sent).first.click()
    assert page.errors == ["请选择不采纳的理由"]
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.PROPOSED
    page.presses("家里已经有了")
    assert page.path == f"/proposals/{queue['rice-2']}" and page.sees("未采纳")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.DECLINED


def test_another_quantity(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['quilts']}").presses("调整数量")
    assert page.sees("最多 3 床：捐赠方定的每户上限")
    page.fills(quantity="5").presses("按此数量确认")
    assert page.errors == ["写多了，最多 3"] and page.part("#quantity").input_value() == "5"
    page.fills(quantity="两床").presses("按此数量确认")
    assert page.errors == ["请写大于 0 的整数，例如 120"]
    page.fills(quantity="3").presses("按此数量确认")
    assert page.sees("棉被 3 床")
    assert status_of(live_app, queue["quilts"]) is ProposalStatus.CONFIRMED


def test_by_keys_alone(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker
    page.keys("j")
    assert page.path == "/proposals", "moving alone opens nothing"
    page.keys("Enter")
    page.page.wait_for_url(f"**/proposals/{queue['rice-1']}")
    page.keys("?")
    assert page.part("#key-help").is_visible()
    page.keys("Escape", "d")
    assert page.part("form.nl-sheet[action$='/decline']").is_visible()
    assert page.page.evaluate("document.activeElement.value") == "already_has"
    page.keys("Escape", "h")
    page.keys("Enter")  # tomorrow
    page.page.wait_for_url(f"**/proposals/{queue['rice-2']}")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.HELD and page.sees("暂缓中（1）")
    page.keys("u")
    page.page.wait_for_url(f"**/proposals/{queue['rice-1']}")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.PROPOSED
    page.keys("c")
    page.page.wait_for_url(f"**/proposals/{queue['rice-2']}")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.CONFIRMED
    page.part("input[name=contact_note]").focus()
    page.page.keyboard.type("c d h u")
    assert page.path == f"/proposals/{queue['rice-2']}", "letters in a text are letters"
    assert status_of(live_app, queue["rice-2"]) is ProposalStatus.PROPOSED


def test_enter_in_the_quantity_confirms_that_quantity(
    live_app: LiveApp, queue: dict[str, int], caseworker: Walk
) -> None:
    page = caseworker.opens(f"/proposals/{queue['quilts']}").keys("a")
    page.fills(quantity="1")
    page.keys("Enter")
    page.page.wait_for_url(lambda url: not url.endswith(f"/{queue['quilts']}"))
    with live_app.database.read() as session:
        assert session.get_one(Proposal, queue["quilts"]).quantity == 1


def test_money_goes_over_two_desks(
    live_app: LiveApp, queue: dict[str, int], caseworker: Walk, new_page: Callable[..., Walk], signed_in_as: Any
) -> None:
    page = caseworker.opens(f"/proposals/{queue['money']}")
    assert page.sees("钱款要两个人办") and page.sees("自付余额") and page.sees("26,430.00 元")
    page.presses("确认，转审批")
    assert page.sees("等第二人审批（1）")
    with live_app.database.read() as session:
        assert session.exec(select(Delivery)).all() == []
    reviewer = signed_in_as(Role.REVIEWER, page=new_page(), display_name="何涛")
    assert reviewer.title == "今日待审批（1）" and reviewer.barriers() == []
    reviewer.presses("退回").presses("票据不全")
    page.opens("/proposals")
    assert page.sees("复核人退回，请重办")
    page.opens(f"/proposals/{queue['money']}")
    assert page.sees("复核人退回：票据不全。补好以后再确认一次")
    page.presses("确认，转审批")
    reviewer.opens("/proposals").presses("批准 8,000.00 元")
    assert reviewer.title == "今日待审批（0）" and status_of(live_app, queue["money"]) is ProposalStatus.CONFIRMED
    page.opens("/deliveries")
    assert page.sees("待财务发放") and page.sees("8,000.00 元")


def test_two_people_want_the_last_parcel(
    live_app: LiveApp, queue: dict[str, int], caseworker: Walk, new_page: Callable[..., Walk], signed_in_as: Any
) -> None:
    with live_app.database.write() as session:
        offer = session.exec(select(Offer).where(Offer.title == "米面油礼包")).one()
        offer.reserved = 299
        session.commit()
    first = caseworker.opens(f"/proposals/{queue['rice-1']}")
    second = signed_in_as(Role.CASEWORKER, page=new_page()).opens(f"/proposals/{queue['rice-2']}")
    first.presses("确认 1 份")
    with second.page.expect_response("**/confirm") as answer:
        second.presses("确认 1 份")
    assert answer.value.status == 409 and second.title == "这份资源刚被用掉了"
    assert status_of(live_app, queue["rice-2"]) is ProposalStatus.PROPOSED
    with live_app.database.read() as session:
        assert session.exec(select(Offer.reserved).where(Offer.title == "米面油礼包")).one() == 300


def test_one_offer_for_several_families(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['rice-1']}").presses("可一起看过再一并确认")
    assert page.title == "一并确认：米面油礼包" and page.barriers() == []
    page.part("input[name=chosen]").last.uncheck()
    page.presses("一并确认打勾的")
    assert page.sees("请先逐户看过，再打这个勾")
    assert [box.is_checked() for box in page.part("input[name=chosen]").all()] == [True, True, False]
    with live_app.database.write() as session:
        need_id = session.get_one(Proposal, queue["rice-2"]).need_id
        session.get_one(Need, need_id).version = 2
        session.commit()
    page.picks("上面每一户我都看过了").presses("一并确认打勾的")
    assert page.sees("1 项已确认，1 项没有办成") and page.sees("这一项刚被别人改过")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.CONFIRMED
    assert status_of(live_app, queue["rice-2"]) is ProposalStatus.PROPOSED


def test_a_name_is_shown_once_and_written_down(live_app: LiveApp, queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['rice-1']}")
    assert "李志远" not in page.page.content()
    page.presses("联系本人")
    assert page.sees("李志远") and page.sees("已留痕")
    assert "李志远" not in page.opens(f"/proposals/{queue['rice-1']}").page.content()
    with live_app.database.read() as session:
        looked = session.exec(select(AuditEvent).where(AuditEvent.action == "household:reveal")).all()
    assert [look.details for look in looked] == [{"purpose": "contact"}]


def test_the_text_to_send_names_nobody(queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['rice-1']}").presses("复制通知文字")
    text = page.part("#notice-text").input_value()
    assert "米面油礼包 1" in text and "武陟-" in text
    assert not any(word in text for word in ("李", "老伴", "1990", "大虹桥"))


def test_handing_over_to_the_township(
    live_app: LiveApp, queue: dict[str, int], caseworker: Walk, new_page: Callable[..., Walk], signed_in_as: Any
) -> None:
    with live_app.database.write() as session:
        township = make.a_unit(session, parent=make.a_county(session), level=UnitLevel.GRASSROOTS, name="大虹桥乡工会")
        session.commit()
    colleague = signed_in_as(Role.CASEWORKER, unit=township, page=new_page())
    assert colleague.title == "今日待确认对接（0）" and colleague.sees("今天的都办完了")
    page = (
        caseworker.opens(f"/proposals/{queue['rice-1']}").presses("转办", within=".nl-actions").presses("大虹桥乡工会")
    )
    assert page.title == "今日待确认对接（4）"
    assert colleague.opens("/proposals").sees("转办来的")
    colleague.presses("确认 1 份")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.CONFIRMED


def test_the_city_looks_and_does_not_decide(queue: dict[str, int], signed_in_as: Callable[..., Walk]) -> None:
    page = signed_in_as(Role.CITY).opens(f"/proposals/{queue['rice-1']}")
    assert page.sees("只看，由县（市、区）经办人办理") and page.sees("为什么建议这一对")
    assert page.part(".nl-actions").count() == 0 and page.part("form[action$='/reveal']").count() == 0


def test_without_scripts_everything_still_works(
    live_app: LiveApp, queue: dict[str, int], new_page: Callable[..., Walk], signed_in_as: Any
) -> None:
    page = signed_in_as(Role.CASEWORKER, page=new_page(java_script_enabled=False))
    page.opens(f"/proposals/{queue['rice-1']}").presses("暂缓").presses("明天")
    assert page.path == f"/proposals/{queue['rice-2']}"
    page.presses("撤销")
    page.presses("确认 1 份")
    assert status_of(live_app, queue["rice-1"]) is ProposalStatus.CONFIRMED


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_pages_fit_and_everybody_can_use_them(
    live_app: LiveApp, queue: dict[str, int], caseworker: Walk, width: int
) -> None:
    page = caseworker.opens(f"/proposals/{queue['quilts']}").presses("确认 2 床")
    page.page.set_viewport_size({"width": width, "height": DESKTOP["height"]})
    for path in ("/proposals", f"/proposals/{queue['money']}", f"/proposals/{queue['rice-1']}", "/deliveries"):
        page.opens(path)
        assert (path, page.barriers(), page.scrolls_sideways()) == (path, [], False)
        assert (path, page.narrow_targets()) == (path, [])


def test_in_english(queue: dict[str, int], caseworker: Walk) -> None:
    page = caseworker.opens(f"/proposals/{queue['money']}?lang=en")
    assert page.title == "Proposals to decide today (5)"
    assert page.sees("Confirm, send for approval") and page.sees("Why this pair")
    assert page.opens("/deliveries").title == "Deliveries"
