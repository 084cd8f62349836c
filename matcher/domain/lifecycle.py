"""The life of a proposal, as a table one can read aloud: in this state, this act leads there.

Goods and services are confirmed by one person. Money is confirmed by one and approved by a second (R60, H20), so
the first confirmation of money leads to 拟帮扶·待审批 and promises nothing yet. An undo leads back to where the
last act came from; it is a step of its own and never removes the one it undoes.
"""

from datetime import datetime

from matcher.domain.terms import ProposalAction as Act
from matcher.domain.terms import ProposalStatus as Status
from matcher.errors import WrongState

TABLE: dict[tuple[Status, Act], Status] = {
    # 待确认：经办人定
    (Status.PROPOSED, Act.CONFIRM): Status.CONFIRMED,
    (Status.PROPOSED, Act.ADJUST): Status.CONFIRMED,
    (Status.PROPOSED, Act.DECLINE): Status.DECLINED,
    (Status.PROPOSED, Act.HOLD): Status.HELD,
    (Status.PROPOSED, Act.HAND_OVER): Status.HANDED_OVER,
    (Status.PROPOSED, Act.SUPERSEDE): Status.SUPERSEDED,
    (Status.PROPOSED, Act.EXPIRE): Status.EXPIRED,
    # 转办来的：接手的单位定，也可以再转
    (Status.HANDED_OVER, Act.CONFIRM): Status.CONFIRMED,
    (Status.HANDED_OVER, Act.ADJUST): Status.CONFIRMED,
    (Status.HANDED_OVER, Act.DECLINE): Status.DECLINED,
    (Status.HANDED_OVER, Act.HOLD): Status.HELD,
    (Status.HANDED_OVER, Act.HAND_OVER): Status.HANDED_OVER,
    (Status.HANDED_OVER, Act.SUPERSEDE): Status.SUPERSEDED,
    (Status.HANDED_OVER, Act.EXPIRE): Status.EXPIRED,
    # 暂缓：资源留着，可以提前定，到期回到清单
    (Status.HELD, Act.CONFIRM): Status.CONFIRMED,
    (Status.HELD, Act.ADJUST): Status.CONFIRMED,
    (Status.HELD, Act.DECLINE): Status.DECLINED,
    (Status.HELD, Act.HOLD): Status.HELD,
    (Status.HELD, Act.RELEASE): Status.PROPOSED,
    (Status.HELD, Act.EXPIRE): Status.EXPIRED,
    # 拟帮扶·待审批：第二人定
    (Status.AWAITING_APPROVAL, Act.APPROVE): Status.CONFIRMED,
    (Status.AWAITING_APPROVAL, Act.RETURN): Status.PROPOSED,
    (Status.AWAITING_APPROVAL, Act.WITHDRAW): Status.WITHDRAWN,
    # 已确认：发放，或者撤回
    (Status.CONFIRMED, Act.DELIVER): Status.DELIVERED,
    (Status.CONFIRMED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.DELIVERED, Act.UNDELIVER): Status.CONFIRMED,
}

MONEY_FIRST: dict[tuple[Status, Act], Status] = {
    (status, act): Status.AWAITING_APPROVAL
    for (status, act), to in TABLE.items()
    if to is Status.CONFIRMED and act in {Act.CONFIRM, Act.ADJUST}
}
"""Where money goes instead: a first confirmation is only half of one."""

UNDOABLE = frozenset(
    {Act.CONFIRM, Act.ADJUST, Act.DECLINE, Act.HOLD, Act.HAND_OVER, Act.APPROVE, Act.RETURN, Act.WITHDRAW}
)
OPEN = frozenset({Status.PROPOSED, Status.HANDED_OVER})
"""Waiting for somebody's decision."""
HOLDING = frozenset({Status.HELD, Status.AWAITING_APPROVAL, Status.CONFIRMED, Status.DELIVERED})
"""Stock is reserved and the need is promised. A hold keeps the stock for the family."""
FINAL = frozenset({Status.DECLINED, Status.SUPERSEDED, Status.EXPIRED, Status.WITHDRAWN})


def move(status: Status, act: Act, *, is_money: bool = False) -> Status:
    """Where an act leads from a state. Raises WrongState when the table has no such line."""
    if is_money and (status, act) in MONEY_FIRST:
        return MONEY_FIRST[status, act]
    if (status, act) not in TABLE:
        raise WrongState(state=status.value, wanted=act.value)
    return TABLE[status, act]


def may_undo(act: Act, *, by_account_id: int, acted: int | None, until: datetime | None, now: datetime) -> bool:
    """Whether this person may still take back their last act: their own, of an undoable kind, within the window."""
    return act in UNDOABLE and acted == by_account_id and until is not None and now <= until
