"""The city reads what was learned, goes back with one press, and takes that back; on a desk and on a phone."""

from collections.abc import Callable

import pytest

from matcher.domain.terms import ModelVerdict, Role
from tests.pages import Walk
from tests.walks.conftest import LiveApp
from tests.web.test_model import a_model


@pytest.fixture
def models(live_app: LiveApp) -> None:
    with live_app.database.write() as session:
        a_model(session)
        a_model(session, ModelVerdict.NOT_BETTER)
        session.commit()


@pytest.mark.usefixtures("models")
def test_the_city_goes_back_and_takes_it_back(signed_in_as: Callable[..., Walk]):
    city = signed_in_as(Role.CITY).opens("/model")
    assert city.barriers() == [] and city.console == []
    assert city.sees("现在用学习 1 号") and city.sees("没有把握比现用的好")
    city.presses("回退到手工权重")
    assert city.sees("已回退：从下一次对接起用手工权重")
    assert city.barriers() == []
    city.presses("撤销回退")
    assert city.sees("现在用学习 1 号")


@pytest.mark.usefixtures("models")
def test_the_page_of_the_model_fits_a_phone(signed_in_as: Callable[..., Walk], phone_page: Walk):
    city = signed_in_as(Role.CITY, page=phone_page).opens("/model")
    assert not city.scrolls_sideways()
    assert city.narrow_targets() == []
    assert city.barriers() == []
