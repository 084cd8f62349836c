"""A charity gives, the union looks, families receive, and the giver sees what became of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from matcher.domain.terms import Category, DonorStatus, DonorType, Role
from matcher.store.tables import Offer
from tests import factories as make
from tests.matcher.usecases.test_impact import delivered
from tests.matcher.usecases.test_offers import VALID_USCC
from tests.pages import DESKTOP, PHONE, Walk

COUNTIES = {"410802": "解放区", "410811": "山阳区", "410823": "武陟县", "410825": "温县"}
Enter = Callable[..., Walk]


@pytest.fixture
def session(live_app: Any) -> Session:
    with live_app.database.write() as session:
        for code, name in COUNTIES.items():
            make.a_division(session, code, name, "410800")
        session.commit()
        return session


def test_from_a_sentence_to_a_family(session: Session, signed_in_as: Enter, new_page: Callable[..., Walk]) -> None:
    donor = make.a_donor(
        session, name="怀禾公益协会", donor_type=DonorType.CHARITY, status=DonorStatus.PENDING, uscc=VALID_USCC
    )
    for _ in range(12):
        make.a_need(session)
    session.commit()

    charity = signed_in_as(Role.CHARITY, donor_id=donor.id).opens("/offers")
    assert charity.sees("还没有登记过资源")
    charity.presses("登记第一份资源").fills(text="大米10公斤装500份，1月20日前送完", quantity="五百")
    charity.presses("交给工会审核")
    assert "请写大于 0 的整数，例如 120" in charity.errors and "请填写这一栏" in charity.errors
    assert charity.part("#quantity").input_value() == "五百"
    assert charity.part(".nl-errors").evaluate("e => e === document.activeElement")

    charity.fills(title="大米（10 公斤装）", quantity="500").chooses(category="FOO")
    charity.page.get_by_text("10 多户在等").wait_for()
    charity.fills(valid_to="2019-01-20", shelf_life_until="2019-09-30").picks("武陟县").picks("我们送到工会")
    charity.presses("交给工会审核")
    assert charity.title == "大米（10 公斤装）" and charity.sees("待审核")
    address = charity.path

    city = signed_in_as(Role.CITY, page=new_page()).opens("/offers")
    assert city.sees("资源（1 份待审核）")
    city.presses("大米（10 公斤装）").presses("审核通过", exact=True)
    assert city.errors == ["这家捐赠方还没有审核。核过证照后请勾选“同时通过捐赠方审核”"]
    city.picks("证照已核对").presses("审核通过", exact=True)
    assert city.sees("可对接")

    charity.opens(address)
    assert figures(charity) == ["500 份", "0 份", "0 份", "500 份"]
    with session:
        offer = session.get_one(Offer, int(address.rsplit("/", 1)[-1]))
        delivered(session, offer, "410823", 12, marked_at=make.NOW)
        session.commit()
    charity.opens(address)
    assert figures(charity) == ["500 份", "12 份", "12 份", "488 份"]
    assert charity.sees("武陟县") and charity.sees("12 户")
    assert charity.opens("/impact").sees("您的捐赠，已经送到至少 12 户人家")


def figures(page: Walk) -> list[str]:
    return [re.sub(r"\s+", " ", text) for text in page.part(".nl-figures dd").all_inner_texts()]


def many_gifts(session: Session) -> int:
    donor = make.a_donor(session, name="沁柳服饰有限公司")
    for number in range(9):
        offer = make.an_offer(
            session, donor=donor, title=f"羽绒服（{number + 1} 号）", regions=[], unit="件", unit_value_fen=260_00,
            category=list(Category)[number],
        )  # fmt: skip
        delivered(session, offer, list(COUNTIES)[number % 4], 12)
    session.commit()
    return donor.id or 0


def test_the_summary_prints_on_one_page(session: Session, signed_in_as: Enter) -> None:
    page = signed_in_as(Role.ENTERPRISE, donor_id=many_gifts(session)).opens("/impact")
    assert page.sees("不是捐赠票据")
    sheet = page.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1
    page.page.emulate_media(media="print")
    assert page.part(".nl-tabs, .nl-nav, .nl-period").locator("visible=true").count() == 0
    assert page.sees("另有 3 项") and page.sees("演示数据") and page.sees("不是捐赠票据")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_these_pages(session: Session, signed_in_as: Enter, language: str) -> None:
    donor_id = many_gifts(session)
    offer = make.an_offer(session, donor=make.a_donor(session, status=DonorStatus.PENDING), status="pending")
    session.commit()
    donor = signed_in_as(Role.ENTERPRISE, donor_id=donor_id)
    looked_at(donor, ["/offers", "/offers/1", "/offers/1/edit", "/offers/new", "/impact?from=2019-01-01"], language)
    donor.page.context.clear_cookies()
    city = signed_in_as(Role.CITY, page=donor)
    looked_at(city, ["/offers", f"/offers/{offer.id}", "/offers/new", "/impact", f"/impact?donor={donor_id}"], language)


def looked_at(walk: Walk, paths: list[str], language: str) -> None:
    walk.opens(f"/offers?lang={language}")
    for path in paths:
        for size in (DESKTOP, PHONE):
            walk.page.set_viewport_size(size)  # type: ignore[arg-type]
            walk.opens(path)
            assert walk.status == 200, path
            assert walk.barriers() == [], path
            assert not walk.scrolls_sideways(), path
            assert walk.narrow_targets() == [], path


def test_the_form_works_without_a_script(session: Session, signed_in_as: Enter, new_page: Callable[..., Walk]) -> None:
    for _ in range(12):
        make.a_need(session)
    donor = make.a_donor(session)
    session.commit()
    page = signed_in_as(Role.ENTERPRISE, donor_id=donor.id, page=new_page(java_script_enabled=False))
    page.opens("/offers/new").fills(text="大米一百袋").chooses(category="FOO").presses("按填好的再看一遍")
    assert page.sees("10 多户在等") and page.part("#text").input_value() == "大米一百袋"
