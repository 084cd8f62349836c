"""The table of a proposal's life, read aloud."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from matcher.domain import lifecycle
from matcher.domain.terms import ProposalAction as Act
from matcher.domain.terms import ProposalStatus as Status
from matcher.errors import WrongState

NOW = datetime(2019, 1, 9, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "act", "to"),
    [
        ("proposed", "confirm", "confirmed"),
        ("proposed", "adjust", "confirmed"),
        ("proposed", "decline", "declined"),
        ("proposed", "hold", "held"),
        ("proposed", "hand_over", "handed_over"),
        ("handed_over", "confirm", "confirmed"),
        ("handed_over", "hand_over", "handed_over"),
        ("held", "confirm", "confirmed"),
        ("held", "release", "proposed"),
        ("held", "expire", "expired"),
        ("awaiting_approval", "approve", "confirmed"),
        ("awaiting_approval", "return", "proposed"),
        ("awaiting_approval", "withdraw", "withdrawn"),
        ("confirmed", "deliver", "delivered"),
        ("confirmed", "withdraw", "withdrawn"),
        ("delivered", "undeliver", "confirmed"),
    ],
)
def test_what_leads_where(status: str, act: str, to: str) -> None:
    assert lifecycle.move(Status(status), Act(act)) is Status(to)


@pytest.mark.parametrize("status", ["proposed", "handed_over", "held"])
@pytest.mark.parametrize("act", ["confirm", "adjust"])
def test_money_is_only_half_confirmed_by_one_person(status: str, act: str) -> None:
    assert lifecycle.move(Status(status), Act(act), is_money=True) is Status.AWAITING_APPROVAL


def test_the_second_person_completes_money() -> None:
    assert lifecycle.move(Status.AWAITING_APPROVAL, Act.APPROVE, is_money=True) is Status.CONFIRMED


def test_what_the_table_does_not_say_cannot_be_done() -> None:
    forbidden = [pair for pair in product(Status, Act) if pair not in lifecycle.TABLE]
    assert len(forbidden) == len(Status) * len(Act) - len(lifecycle.TABLE)
    for status, act in forbidden:
        with pytest.raises(WrongState):
            lifecycle.move(status, act)


def test_nothing_leads_out_of_an_end() -> None:
    assert not {status for status, _ in lifecycle.TABLE} & lifecycle.FINAL


def test_every_state_waits_holds_or_is_an_end() -> None:
    kinds = (lifecycle.OPEN, lifecycle.HOLDING, lifecycle.FINAL)
    assert all(sum(status in kind for kind in kinds) == 1 for status in Status)


@pytest.mark.parametrize(
    ("act", "acted", "minutes", "may"),
    [
        (Act.CONFIRM, 1, 10, True),
        (Act.CONFIRM, 1, 0, True),
        (Act.CONFIRM, 1, -1, False),  # the window is over
        (Act.CONFIRM, 2, 10, False),  # a colleague's act
        (Act.DELIVER, 1, 10, False),  # marked deliveries are unmarked, with a reason
        (Act.EXPIRE, 1, 10, False),
    ],
)
def test_who_may_undo(act: Act, acted: int, minutes: int, may: bool) -> None:
    until = NOW + timedelta(minutes=minutes)
    assert lifecycle.may_undo(act, by_account_id=1, acted=acted, until=until, now=NOW) is may


def test_without_a_window_nothing_is_undone() -> None:
    assert not lifecycle.may_undo(Act.CONFIRM, by_account_id=1, acted=1, until=None, now=NOW)
