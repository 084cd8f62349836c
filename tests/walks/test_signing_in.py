"""Signing in, wrong and right, the lock, the language, and pages that are not there."""

from datetime import timedelta

import pyotp
import pytest

from matcher.domain.network_terms import SecondFactor
from matcher.domain.terms import Role
from tests.pages import PHONE
from tests.walks.conftest import PASSWORD, make_account

pytestmark = pytest.mark.browser


def test_wrong_then_right(live_app, browser_page):
    make_account(live_app.database, Role.CITY, "city")
    page = browser_page.opens("/account")
    assert page.path == "/login?next=/account"
    page.fills(username="city", password="something else").presses("登录", exact=True)
    assert page.sees("账号或密码不对")
    assert page.page.locator("#username").input_value() == "city"
    page.fills(password=PASSWORD).presses("登录", exact=True)
    assert page.path == "/account"
    assert page.sees("周**") and page.sees("演示数据")


def test_an_account_is_locked_and_others_are_not(live_app, browser_page):
    make_account(live_app.database, Role.CITY, "city")
    make_account(live_app.database, Role.CITY, "city-2")
    page = browser_page.opens("/login")
    for _ in range(5):
        page.fills(username="city", password="something else").presses("登录", exact=True)
    assert page.sees("停用 15 分钟")
    page.fills(username="city", password=PASSWORD).presses("登录", exact=True)
    assert page.sees("停用 15 分钟"), "a locked account stays locked for the right password too"
    page.fills(username="city-2", password=PASSWORD).presses("登录", exact=True)
    assert not page.path.startswith("/login")


def test_the_language_stays_where_one_is(live_app, signed_in_as):
    page = signed_in_as(Role.CITY).opens("/account?from=here")
    page.presses("EN", exact=True)
    assert page.path == "/account?from=here"
    assert page.title == "My account"
    assert page.page.locator("html").get_attribute("lang") == "en"
    page.presses("Sign out")
    assert page.sees("Sign in to Nuanliu"), "the choice outlives the sign-in"
    page.presses("中文", exact=True)
    assert page.sees("登录暖流")


def test_signing_out_ends_it(signed_in_as):
    page = signed_in_as(Role.CITY).opens("/account").presses("退出登录")
    assert page.path == "/login" and page.sees("已退出")
    assert page.opens("/account").path == "/login?next=/account"


def test_a_page_that_is_not_there(signed_in_as):
    page = signed_in_as(Role.CITY).opens("/nowhere/17")
    assert page.status == 404
    assert page.title == "没有找到这一页"
    assert page.presses("回到首页").status == 404 and page.path != "/nowhere/17"


def test_changing_the_password_ends_other_sign_ins(live_app, new_page, signed_in_as):
    page = signed_in_as(Role.CITY, username="city").opens("/account")
    other = new_page()
    other.opens("/login").fills(username="city", password=PASSWORD).presses("登录", exact=True)
    page.fills(old_password=PASSWORD, new_password="city", repeat_password="city").presses("修改密码")
    assert page.errors == ["密码至少 10 个字符，可以是几个词连在一起"]
    fresh = "another warm winter"
    page.fills(old_password=PASSWORD, new_password=fresh, repeat_password=fresh).presses("修改密码")
    assert page.sees("密码已改") and page.path == "/account"
    assert other.opens("/account").path.startswith("/login")


def shown_code(page, live_app):
    """What the telephone shows, with the secret read off the page as a person without a camera would."""
    secret = page.part("#second-secret").inner_text().replace(" ", "")
    return lambda: pyotp.TOTP(secret).at(live_app.app.extensions["nuanliu"].clock())


def usable(page):
    for size in (PHONE, {"width": 1280, "height": 900}):
        page.page.set_viewport_size(size)
        assert page.barriers() == [] and not page.scrolls_sideways() and page.narrow_targets() == []


def test_two_steps_to_sign_in(live_app, browser_page, new_page, signed_in_as):
    make_account(live_app.database, Role.CITY, "city")
    page = browser_page.opens("/login").fills(username="city", password=PASSWORD).presses("登录", exact=True)
    page.opens("/account").presses("去设置").presses("开始设置")
    telephone = shown_code(page, live_app)
    assert page.part(".nl-qr").bounding_box()["width"] > 150
    usable(page)
    page.fills(code="12").presses("打开两步登录")
    assert page.errors == ["六位数字不对，或者已经用过；请等下一组数字，并核对手机的时间"]
    page.fills(code=telephone()).presses("打开两步登录")
    assert page.sees("两步登录已打开") and page.sees("只显示这一次")
    spare = page.part(".nl-codes code").all_inner_texts()
    assert len(spare) == 8
    usable(page)
    page.presses("抄好了")
    assert page.sees("已打开") and page.presses("备用码、关闭").sees("备用码还剩 8 个")
    usable(page)

    clock = live_app.app.extensions["nuanliu"].clock
    live_app.app.extensions["nuanliu"].clock = lambda: clock() + timedelta(minutes=2)
    other = new_page().opens("/runs")
    other.fills(username="city", password=PASSWORD).presses("登录", exact=True)
    assert other.path.startswith("/login/code") and other.barriers() == []
    assert new_page().opens("/login/code").path == "/login"
    other.fills(code="000001").presses("登录", exact=True)
    assert other.sees("六位数字不对")
    usable(other)
    other.fills(code=telephone()).presses("登录", exact=True)
    assert other.path == "/runs"
    lost = new_page().opens("/login").fills(username="city", password=PASSWORD).presses("登录", exact=True)
    lost.fills(code=spare[0]).presses("登录", exact=True)
    assert lost.opens("/account/second-step").sees("备用码还剩 7 个")

    security = signed_in_as(Role.SECADMIN, page=new_page()).opens("/accounts?q=city")
    assert security.sees("两步登录")
    security.presses("取消两步登录").presses("确定取消")
    assert security.sees("已取消") and other.opens("/runs").path.startswith("/login")


def test_who_must_have_two_steps_sets_them_up_first(live_app, signed_in_as):
    house = live_app.app.extensions["nuanliu"]
    house.settings = house.settings.model_copy(update={"second_factor": SecondFactor.ADMINISTRATORS})
    assert signed_in_as(Role.SECADMIN).opens("/accounts").path == "/account/second-step"
