"""Names that are known of a family are in nothing that others read about it."""

import pytest

from matcher.domain.terms import Category
from matcher.store.tables import Household, Need
from matcher.usecases import needs
from matcher.usecases.imports import _says
from matcher.usecases.need_input import NeedInput
from tests.factories import NOW
from tests.filing import Filing


@pytest.fixture
def house(database):
    return Filing(database)


def test_names_that_the_file_tells_are_masked_in_what_is_read_of_its_needs(database, house):
    file_id = house.draft()
    with database.write() as session:
        household = session.get_one(Household, house.file(file_id).household_id)
        session.commit()
    story = "儿子小满今年高二，家里赵大勇病着，王秀兰一个人打零工"
    asked = NeedInput(story=story, category=Category.EDU, quantity=1, unit="人", title="小满的学费")
    card = needs.register_need(household.id, asked, by=house.clerk, uow=house.uow, now=NOW)

    def told():
        with database.read() as session:
            need = session.get_one(Need, card.id)
            return need.text, need.version

    assert told() == ("儿子小满今年高二，家里赵大勇病着，〔姓名〕一个人打零工", 1)
    house.fill(file_id)
    assert told() == ("儿子〔姓名〕今年高二，家里〔姓名〕病着，〔姓名〕一个人打零工", 2)
    with database.read() as session:
        assert session.get_one(Need, card.id).story == story
    again = needs.register_need(household.id, asked, by=house.clerk, uow=house.uow, now=NOW)
    with database.read() as session:
        assert session.get_one(Need, again.id).text == told()[0]


@pytest.mark.parametrize(
    ("stored", "told", "same"),
    [
        ("〔姓名〕一个人打零工", "王秀兰一个人打零工", True),
        ("〔姓名〕一个人打零工", "〔姓名〕一个人打零工", True),
        ("〔姓名〕一个人打零工", "王秀兰两个人打零工", False),
        ("缺米（5公斤）", "缺米（5公斤）", True),
        ("缺米", "缺面", False),
    ],
)
def test_a_table_that_says_the_same_but_for_a_masked_name_differs_in_nothing(stored, told, same):
    assert _says(stored, told) is same
