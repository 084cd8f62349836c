"""Numbers of people and accounts. All numbers here are made up; most are computed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import identity

TODAY = date(2019, 1, 9)


def an_id(born: str = "19620317", area: str = "410823", order: str = "001") -> str:
    first = area + born + order
    return first + identity.check_character(first)


def test_a_right_number_passes_with_its_date_of_birth():
    checked = identity.resident_id(an_id(), today=TODAY)
    assert (checked.problem, checked.warning, checked.born_on) == (None, None, date(1962, 3, 17))


def test_the_printed_example_of_the_standard():
    """GB 11643-1999, annex A: 11010519491231002X and 44052418800101001 with check character 4."""
    assert identity.check_character("11010519491231002") == "X"
    assert identity.check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    "written",
    ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２ｘ", "110105-19491231-002X"],
)
def test_small_letters_full_width_and_blanks_are_the_same_number(written):
    assert identity.resident_id(written, today=TODAY).value == "11010519491231002X"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("4108231962031700", "id_length"),
        ("41082319620317001AB", "id_length"),
        ("41082319620317O011", "id_characters"),
        ("410823196202300012", "id_date"),
        ("410823209001010012", "id_date"),
        ("410823189001010012", "id_date"),
        ("4.10823196203171E+17", "id_number_form"),
        ("4E17", "id_number_form"),
    ],
)
def test_a_wrong_number_is_refused_for_its_own_reason(written, problem):
    assert identity.resident_id(written, today=TODAY).problem == problem


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_slip_in_one_digit_is_noticed(place, shift):
    number = an_id()
    slipped = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert identity.resident_id(slipped, today=TODAY).problem is not None


def test_a_number_of_the_first_generation_is_the_same_person():
    checked = identity.resident_id("410823620317001", today=TODAY)
    assert checked.value == an_id()
    assert checked.warning == "id_first_generation"


def test_an_unknown_area_only_warns():
    assert identity.resident_id(an_id(area="410890"), today=TODAY, areas=frozenset({"410823"})).warning == "id_area"
    assert identity.resident_id(an_id(area="990101"), today=TODAY).warning == "id_area"
    assert identity.resident_id(an_id(area="412226"), today=TODAY).warning is None


def test_age_counts_full_years():
    assert identity.age_on(date(2010, 1, 10), TODAY) == 8
    assert identity.age_on(date(2010, 1, 9), TODAY) == 9


def test_cards_that_fail_luhn_only_warn():
    assert identity.bank_card("6222 0200 0000 0000 003").problem is None
    assert identity.luhn_holds("4111111111111111") and not identity.luhn_holds("4111111111111112")
    assert identity.bank_card("4111111111111112").warning == "card_luhn"
    assert identity.bank_card("12345").problem == "card_characters"
    assert identity.bank_card("6.2220E+18").problem == "card_number_form"


@pytest.mark.parametrize("written", ["19900001234", "+86 199 0000 1234", "１９９００００１２３４", "0391-0000000"])
def test_phones_that_pass(written):
    assert identity.phone(written).problem is None


@pytest.mark.parametrize("written", ["12900001234", "1990000123", "abc", "199000012345"])
def test_phones_that_do_not(written):
    assert identity.phone(written).problem == "phone_form"


def test_masks():
    assert identity.masked_id("11010519491231002X") == "1101**********002X"
    assert identity.masked_phone("19900001234") == "199****1234"
    assert identity.masked_card("4111111111111111") == "**** 1111"
    assert identity.masked_name("欧阳明月") == "欧**"
    assert identity.masked_id(None) == ""
