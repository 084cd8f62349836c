"""What a family asks about itself, in a real browser: asked, answered by the right person, read."""

import pytest

from matcher.domain.terms import Role
from tests import factories as make
from tests.pages import PHONE

pytestmark = pytest.mark.browser


def test_a_worker_asks_and_a_colleague_answers(live_app, signed_in_as, new_page):
    with live_app.database.write() as session:
        family = make.a_household(session, unit=make.a_county(session), consent=["charity", "enterprise"])
        session.commit()
        family_id, code = family.id, family.case_code
    worker = signed_in_as(Role.WORKER, household_id=family_id, page=new_page()).opens("/my/requests")
    worker.presses("提出申请")
    assert len(worker.errors) == 2
    worker.picks("人工复核").fills(text="轮椅给了别人家，请再看看").presses("提出申请")
    assert worker.sees("已记下") and worker.sees("等答复")
    worker.picks("撤回同意").picks("企业").presses("提出申请")
    assert worker.sees("同意") and worker.part("main").inner_text().count("等答复") == 2
    for size in (PHONE, {"width": 1280, "height": 900}):
        worker.page.set_viewport_size(size)
        assert worker.barriers() == [] and not worker.scrolls_sideways()

    clerk = signed_in_as(Role.CASEWORKER, page=new_page()).opens("/files").presses("家庭的申请")
    assert clerk.title == "家庭的申请，等答复（2）" and clerk.sees("不再给看的：")
    clerk.part("textarea[name='answer']").first.fill("轮椅按先后发，下一批有您家。")
    clerk.presses("答复", exact=True)
    assert clerk.sees("已答复，本人在自己的页面上能看到")
    clerk.presses("本人来了，替他记一项").fills(case_code=code, text="电话号码写错了").picks("更正").presses("提出申请")
    assert clerk.sees("是您代为提出的，请别的同事答复")
    for size in (PHONE, {"width": 1280, "height": 900}):
        clerk.page.set_viewport_size(size)
        assert clerk.barriers() == [] and not clerk.scrolls_sideways()
    assert worker.opens("/my/requests").sees("轮椅按先后发，下一批有您家。")
