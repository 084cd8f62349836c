"""The file's life: every way through the table, and who may not take a step."""

import itertools

import pytest

from matcher.domain import file_life as life
from matcher.domain.file_life import PastAct, level_of, move, person_problem, unit_may
from matcher.domain.file_terms import FileAct as Act
from matcher.domain.file_terms import FileState as State
from matcher.domain.file_terms import ReviewLevel as Level
from matcher.domain.terms import UnitLevel
from matcher.errors import WrongState

WAY = (Act.SUBMIT, Act.PASS_FIRST, Act.VISIT, Act.SIGN_VISIT, Act.CHECK, Act.PASS_COUNTY, Act.PASS_CITY)
ANNA, BAO, CHEN = 1, 2, 3


def after(*acts, state=State.DRAFT):
    for act in acts:
        state = move(state, act)
    return state


def test_the_straight_way_leads_on_file():
    assert after(*WAY) is State.ACTIVE


@pytest.mark.parametrize("left_out", [act for act in WAY if act not in (Act.VISIT, Act.PASS_CITY)], ids=str)
def test_no_step_can_be_left_out(left_out):
    with pytest.raises(WrongState):
        after(*(act for act in WAY if act is not left_out))


def test_a_visit_is_signed_only_after_somebody_visited_this_time():
    sign = {"account_id": ANNA, "makers": ()}
    assert person_problem(Act.SIGN_VISIT, Level.FIRST, past=[], **sign) == "second_person"
    before = [
        PastAct(Act.VISIT, Level.FIRST, BAO),
        PastAct(Act.RETURN, Level.FIRST, BAO),
        PastAct(Act.SUBMIT, None, CHEN),
    ]
    assert person_problem(Act.SIGN_VISIT, Level.FIRST, past=before, **sign) == "second_person"
    again = [*before, PastAct(Act.VISIT, Level.FIRST, BAO)]
    assert person_problem(Act.SIGN_VISIT, Level.FIRST, past=again, **sign) is None


@pytest.mark.parametrize("steps", range(1, 7))
def test_every_level_may_give_it_back_and_it_begins_anew(steps):
    assert after(*WAY[:steps], Act.RETURN, Act.SUBMIT) is State.FIRST_REVIEW


def test_only_what_was_given_back_or_never_sent_is_edited():
    assert {State.DRAFT, State.RETURNED} == life.EDITABLE


def test_a_family_that_left_is_watched_and_may_return():
    for leave in (Act.LEAVE_OUT, Act.LEAVE_EASED):
        assert after(*WAY, leave, Act.WATCH, Act.RELAPSE) is State.FIRST_REVIEW


def test_what_was_withdrawn_stays_withdrawn():
    for act in Act:
        with pytest.raises(WrongState):
            move(State.WITHDRAWN, act)


def test_nothing_goes_from_draft_to_active_but_over_three_levels():
    """Whatever the order of acts, a file becomes active only after each level passed it."""
    seen, frontier = {(State.DRAFT, frozenset())}, [(State.DRAFT, frozenset())]
    while frontier:
        state, levels = frontier.pop()
        for (begin, act), end in life.TABLE.items():
            if begin is not state or end is State.RETURNED:
                continue
            passed = levels | ({life.LEVELS[act]} if act in life.LEVELS else set())
            if (end, passed) not in seen:
                seen.add((end, passed))
                frontier.append((end, passed))
    assert all(levels >= set(Level) for state, levels in seen if state is State.ACTIVE)


def test_giving_back_belongs_to_the_level_that_has_it():
    assert level_of(Act.RETURN, State.VISIT) is Level.FIRST
    assert level_of(Act.RETURN, State.NOTICE) is Level.COUNTY
    assert level_of(Act.RETURN, State.CITY_REVIEW) is Level.CITY


@pytest.mark.parametrize(("mine", "next_"), list(itertools.permutations(Level, 2)))
def test_nobody_acts_at_two_levels(mine, next_):
    past = [PastAct(Act.RETURN, mine, ANNA)]
    act = {Level.FIRST: Act.PASS_FIRST, Level.COUNTY: Act.PASS_COUNTY, Level.CITY: Act.PASS_CITY}[next_]
    assert person_problem(act, next_, account_id=ANNA, past=past, makers=()) == "other_level"
    assert person_problem(act, next_, account_id=BAO, past=past, makers=()) is None


@pytest.mark.parametrize("act", [Act.PASS_FIRST, Act.PASS_COUNTY, Act.PASS_CITY, Act.RENEW, Act.LEAVE_OUT, Act.ANSWER])
def test_nobody_passes_what_they_filled_in(act):
    assert person_problem(act, level_of(act, State.DRAFT), account_id=ANNA, past=[], makers={ANNA}) == "made_it"


def test_whoever_filled_it_in_may_visit_but_not_alone():
    assert person_problem(Act.VISIT, Level.FIRST, account_id=ANNA, past=[], makers={ANNA}) is None
    past = [PastAct(Act.VISIT, Level.FIRST, ANNA)]
    assert person_problem(Act.SIGN_VISIT, Level.FIRST, account_id=ANNA, past=past, makers={ANNA}) == "second_person"
    assert person_problem(Act.SIGN_VISIT, Level.FIRST, account_id=BAO, past=past, makers={ANNA}) is None


def test_nobody_acts_on_their_own_family():
    said = person_problem(Act.PASS_FIRST, Level.FIRST, account_id=CHEN, past=[], makers=(), is_own_family=True)
    assert said == "own_file"


def test_the_city_reviews_in_place_of_a_county_only_where_there_is_none():
    assert unit_may(Level.COUNTY, UnitLevel.COUNTY, has_county=True)
    assert not unit_may(Level.COUNTY, UnitLevel.CITY, has_county=True)
    assert unit_may(Level.COUNTY, UnitLevel.CITY, has_county=False)
    assert not unit_may(Level.COUNTY, UnitLevel.GRASSROOTS, has_county=True)
    assert not unit_may(Level.CITY, UnitLevel.COUNTY, has_county=True)
