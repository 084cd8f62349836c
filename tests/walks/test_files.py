"""A hardship file from draft to leaving, in a real browser as the people who lead it."""

from datetime import timedelta

import pytest

from matcher.domain.file_terms import FileState, Section
from matcher.domain.terms import Role
from tests.filing import PNG, WANG, Filing
from tests.pages import PHONE
from tests.walks.conftest import PASSWORD, make_account

pytestmark = pytest.mark.browser


@pytest.fixture
def house(live_app):
    return Filing(live_app.database)


@pytest.fixture
def as_(live_app, house, new_page):
    """`as_("clerk", Role.CASEWORKER, house.grassroots)`: a browser of one's own, signed in."""

    def enter(username, role, unit=None):
        make_account(live_app.database, role, username, unit=unit)
        return new_page().opens("/login").fills(username=username, password=PASSWORD).presses("登录", exact=True)

    return enter


def good_to_use(page) -> None:
    assert page.barriers() == []
    assert not page.scrolls_sideways()


def days_later(live_app, days):
    before = live_app.app.extensions["nuanliu"].clock
    live_app.app.extensions["nuanliu"].clock = lambda: before() + timedelta(days=days)


def test_a_file_from_draft_to_leaving_by_five_roles(live_app, house, as_, new_page, tmp_path):
    scan = tmp_path / "scan.png"
    scan.write_bytes(PNG)
    clerk = as_("clerk", Role.CASEWORKER, house.grassroots).opens("/files/open")
    clerk.fills(name="王秀兰", id_card="410823").presses("建立草稿")
    assert clerk.errors == ["身份证号应是 18 位，现在是 6 位，请核对"]
    clerk.fills(id_card=WANG).presses("建立草稿")
    good_to_use(clerk)
    clerk.fills(phone="19900004321", address="木城街道桂花巷九号")
    clerk.part('[name="postcode"]').fill("454950")
    clerk.part('[name="township"]').fill("木城街道")
    clerk.part("[data-autosaved]").wait_for()
    clerk.page.wait_for_function("document.querySelector('[data-autosaved]').textContent === '已保存'")
    clerk.presses("保存，下一步").chooses(work_state="laid_off").picks("是", within="#is_member")
    clerk.presses("保存，下一步").chooses(health="good", housing="self_built").presses("保存，下一步")
    clerk.fills(m0_name="赵大勇").chooses(m0_relation="spouse", m0_health="cancer").presses("保存，再加一位")
    clerk.fills(m1_name="赵小满").chooses(m1_relation="child").presses("保存，下一步")
    clerk.fills(income_year="27000", hardship_year="9000").picks("不是", within="#is_aided").presses("保存，下一步")
    clerk.chooses(main_cause="6").fills(situation="3 口，丈夫重病").presses("保存，下一步")
    clerk.picks("是", within="#has_authorised").picks("是", within="#has_consented").presses("保存，下一步")
    for kind in ("application", "identity", "authorisation"):
        clerk.chooses(kind=kind)
        clerk.page.set_input_files('[name="file"]', scan)
        clerk.presses("上传")
    good_to_use(clerk)
    clerk.presses("看一遍，提交")
    assert clerk.sees("低保边缘户") and clerk.sees("(27,000.00 元 − 9,000.00 元) ÷ 3 人 ÷ 12 月 = 500.00 元")
    good_to_use(clerk)
    path = clerk.presses("提交审核").path
    assert clerk.sees("等基层工会初审") and not clerk.sees("王秀兰")

    chair = as_("chair", Role.CASEWORKER, house.grassroots).opens(path)
    chair.fills(note="属实").presses("基层初审通过")
    assert chair.sees("待入户调查")
    chair.fills(who_was_met="本人和丈夫", living_seen="药费单据齐全", needs="药费").presses("保存入户记录")
    contact = as_("contact", Role.CONTACT, house.grassroots)
    assert contact.opens(path).status == 404
    chair.presses("联系人和一户一策").chooses(account="contact").presses("定下来")
    contact.opens(path)
    good_to_use(contact)
    contact.presses("我也去了，签认")

    reviewer = as_("reviewer", Role.REVIEWER, house.county).opens(path)
    reviewer.picks("一致", within="#result").presses("记下核对结果，开始公示")
    assert reviewer.sees("公示 1月9日 到 1月16日")
    notice = reviewer.part("a").filter(has_text="看公示页").get_attribute("href")
    passer_by = new_page().opens(notice)
    assert passer_by.sees("王**") and passer_by.sees("怀川纺织工会") and not passer_by.sees("王秀兰")
    good_to_use(passer_by)
    passer_by.fills(text="听说他家在城里另有一套门面房").presses("提交意见")
    assert passer_by.sees("收到了")

    days_later(live_app, 10)
    assert passer_by.opens(notice).status == 404
    reviewer = as_("reviewer-2", Role.REVIEWER, house.county).opens(path).presses("县级复核通过")
    assert reviewer.sees("还有异议没有查明")
    reviewer.opens(path).picks("不成立").fills(answer="门面房系同名他人").presses("办结这条异议")
    good_to_use(reviewer)
    reviewer.presses("县级复核通过")
    city = as_("city-1", Role.CITY).opens(path)
    good_to_use(city)
    city.presses("市级审批通过")
    assert city.sees("在档")

    days_later(live_app, 360)
    reviewer = as_("reviewer-3", Role.REVIEWER, house.county).opens(path).presses("记下复核结果")
    assert reviewer.sees("已续档")
    reviewer.picks("脱困").fills(**{f"month_{n}": "1700" for n in range(1, 7)})
    good_to_use(reviewer)
    reviewer.presses("记下复核结果")
    assert reviewer.sees("已脱困")

    other = as_("other", Role.CASEWORKER, house.other_county).opens("/files/open")
    other.fills(name="王秀兰", id_card=WANG).presses("建立草稿")
    other.opens("/files").presses("王**")
    assert other.sees("有号码和别的档案相同") and "怀川纺织" not in other.part("main").inner_text()
    city = as_("city-2", Role.CITY).opens("/duplicates")
    assert city.sees("重复核对（1）") and not city.sees(WANG)
    good_to_use(city)
    city.picks("同一户：").fills(note="户口本一致").presses("认定")
    assert city.sees("已认定为同一户")


def test_every_page_of_a_file_holds_on_a_phone(live_app, house, as_):
    draft, shown = house.draft(id_card="410823199003073615"), house.to(FileState.NOTICE)
    page = as_("clerk", Role.CASEWORKER, house.county)
    page.page.set_viewport_size(PHONE)
    paths = ["/files", f"/files/{draft}", f"/files/{shown}", f"/files/{draft}/papers"]
    paths += [f"/files/{draft}/form/{section.value}" for section in Section]
    paths += [f"/files/{shown}/print/{sheet}" for sheet in ("file", "visit", "authorisation", "consent", "notice")]
    for path in paths:
        page.opens(path)
        assert not page.scrolls_sideways(), path
        assert page.narrow_targets() == [], path
        assert page.barriers() == [], path
