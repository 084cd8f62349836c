"""Help without a file and the ladder of help, in a real browser: walked as a caseworker, usable by everybody."""

import pytest

from matcher.domain.terms import FileStatus, Role, Tier
from tests import factories as make
from tests.pages import PHONE

pytestmark = pytest.mark.browser
DESKTOP = {"width": 1280, "height": 900}


def usable(walk, *paths):
    for path in paths:
        for size in (PHONE, DESKTOP):
            walk.page.set_viewport_size(size)
            walk.opens(path)
            assert walk.status == 200, path
            assert walk.barriers() == [] and not walk.scrolls_sideways() and walk.narrow_targets() == [], path


def test_a_roster_an_enterprise_and_a_station(signed_in_as):
    clerk = signed_in_as(Role.CASEWORKER).opens("/visits").presses("劳模")
    clerk.fills(people="陈大山 怀川纺织厂 19900000001\n韩春梅，棉纺车间，困难").presses("添到名册")
    assert clerk.sees("名册上添了 2 人") and clerk.sees("怀川纺织厂") and not clerk.sees("陈大山")
    clerk.presses("全部打勾").fills(given="米面油一份").presses("打勾的记为走访过")
    assert clerk.sees("2 人已记为走访过") and clerk.sees("米面油一份")
    clerk.presses("显示全名和电话")
    assert clerk.sees("陈大山") and clerk.sees("19900000001")

    clerk.opens("/visits/enterprises/new").presses("记下")
    assert len(clerk.errors) == 6, clerk.errors
    clerk.fills(enterprise="怀川机械厂", operation="只开一条线", causes="订单少", resettlement="轮休", policies="没有")
    clerk.picks("去产能任务重").presses("记下")
    assert clerk.sees("走访记下了") and clerk.sees("怀川机械厂")

    clerk.opens("/visits/stations/count").fills(rest="35").presses("记下")
    assert clerk.sees("记下了：35 人次")
    usable(clerk, "/visits", "/visits/roster?group=model", "/visits/enterprises/new", "/visits/stations/count")


def test_a_family_that_should_have_a_file(live_app, signed_in_as):
    clerk = signed_in_as(Role.CASEWORKER)
    with live_app.database.write() as session:
        family = make.a_household(session, unit=make.a_county(session), file_status=FileStatus.NONE)
        need = make.a_need(session, household=family, tier=Tier.T2).id
        session.commit()
    clerk.opens(f"/needs/{need}").presses("这户长期困难，建议建档")
    clerk.fills(filing_note="两年没有收入").presses("列入待建档")
    assert clerk.sees("已列入待建档") and clerk.sees("这户要建档")
    usable(clerk, f"/needs/{need}", "/files/to-file")
    clerk.opens("/files/to-file").presses("建档", exact=True)
    assert clerk.path.startswith("/files/open")
