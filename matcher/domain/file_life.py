"""The life of a hardship file, as a table one can read aloud, and who may take which step.

draft → first review and visit by two (grassroots) → data check, public notice, review (county) → approval (city) →
active → yearly review → out, eased or withdrawn; a family that left is called back and may return (R45, R58; order of
steps derived from the archive rules). Nobody acts at two levels of one case, nobody passes what they filled in.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from matcher.domain.file_terms import FileAct as Act
from matcher.domain.file_terms import FileState as State
from matcher.domain.file_terms import ReviewLevel as Level
from matcher.domain.terms import FileStatus, UnitLevel
from matcher.errors import WrongState

ON_THE_WAY = frozenset({State.FIRST_REVIEW, State.VISIT, State.CHECK, State.NOTICE, State.CITY_REVIEW})
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
LEFT = frozenset({State.OUT, State.EASED})

TABLE: dict[tuple[State, Act], State] = {
    # 经办人：填写、提交
    (State.DRAFT, Act.SUBMIT): State.FIRST_REVIEW,
    (State.RETURNED, Act.SUBMIT): State.FIRST_REVIEW,
    # 基层：初审，两人入户
    (State.FIRST_REVIEW, Act.PASS_FIRST): State.VISIT,
    (State.VISIT, Act.VISIT): State.VISIT,
    (State.VISIT, Act.SIGN_VISIT): State.CHECK,
    # 县级、产业：核对，公示，异议，复核
    (State.CHECK, Act.CHECK): State.NOTICE,
    (State.NOTICE, Act.OBJECT): State.NOTICE,
    (State.NOTICE, Act.ANSWER): State.NOTICE,
    (State.NOTICE, Act.UPHOLD): State.RETURNED,
    (State.NOTICE, Act.PASS_COUNTY): State.CITY_REVIEW,
    # 市级：审批
    (State.CITY_REVIEW, Act.PASS_CITY): State.ACTIVE,
    # 在档
    (State.ACTIVE, Act.CERTIFY): State.ACTIVE,
    (State.ACTIVE, Act.RENEW): State.ACTIVE,
    (State.ACTIVE, Act.LEAVE_OUT): State.OUT,
    (State.ACTIVE, Act.LEAVE_EASED): State.EASED,
    # 退出以后：回访，返困
    **{(state, Act.WATCH): state for state in LEFT},
    **{(state, Act.RELAPSE): State.FIRST_REVIEW for state in LEFT},
    # 每一级都可以退回；没有结束的都可以退档
    **{(state, Act.RETURN): State.RETURNED for state in ON_THE_WAY},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in State if state is not State.WITHDRAWN},
    # 转移：不在审核途中的档案
    **{
        (state, act): state
        for state in (State.DRAFT, State.RETURNED, State.ACTIVE, *LEFT)
        for act in (Act.ASK_TRANSFER, Act.TAKE_TRANSFER, Act.REFUSE_TRANSFER)
    },
}

LEVELS: dict[Act, Level] = {
    Act.PASS_FIRST: Level.FIRST,
    Act.VISIT: Level.FIRST,
    Act.SIGN_VISIT: Level.FIRST,
    Act.CHECK: Level.COUNTY,
    Act.ANSWER: Level.COUNTY,
    Act.UPHOLD: Level.COUNTY,
    Act.PASS_COUNTY: Level.COUNTY,
    Act.RENEW: Level.COUNTY,
    Act.LEAVE_OUT: Level.COUNTY,
    Act.LEAVE_EASED: Level.COUNTY,
    Act.PASS_CITY: Level.CITY,
    Act.CERTIFY: Level.CITY,
}
"""At which level an act is taken; the others belong to none."""

RETURN_LEVELS = {
    State.FIRST_REVIEW: Level.FIRST,
    State.VISIT: Level.FIRST,
    State.CHECK: Level.COUNTY,
    State.NOTICE: Level.COUNTY,
    State.CITY_REVIEW: Level.CITY,
}
NOT_BY_THE_MAKER = (frozenset(LEVELS) | {Act.WITHDRAW}) - {Act.VISIT, Act.SIGN_VISIT, Act.CHECK}
NOT_BY_THE_FAMILY = frozenset(LEVELS) | {Act.RETURN, Act.WITHDRAW, Act.WATCH, Act.RELAPSE}
UNITS: dict[Level, frozenset[UnitLevel]] = {
    Level.FIRST: frozenset({UnitLevel.GRASSROOTS, UnitLevel.STATION, UnitLevel.COUNTY, UnitLevel.INDUSTRY}),
    Level.COUNTY: frozenset({UnitLevel.COUNTY, UnitLevel.INDUSTRY}),
    Level.CITY: frozenset({UnitLevel.CITY}),
}
"""Unions whose people act at a level."""


@dataclass(frozen=True, slots=True)
class PastAct:
    """One earlier act on the same file: what, at which level, by whom."""

    act: Act
    level: Level | None
    account_id: int


def move(state: State, act: Act) -> State:
    """Where an act leads from a state. Raises WrongState when the table has no such line."""
    if (state, act) not in TABLE:
        raise WrongState(state=state.value, wanted=act.value)
    return TABLE[state, act]


def level_of(act: Act, state: State) -> Level | None:
    """The level at which an act is taken; giving back belongs to the level that has the file."""
    return RETURN_LEVELS.get(state) if act is Act.RETURN else LEVELS.get(act)


def unit_may(level: Level | None, unit: UnitLevel, *, has_county: bool) -> bool:
    """Whether people of such a union act at a level. A union directly below the city has no county union above it:
    there the city's people review as the county's would."""
    if level is None or unit in UNITS[level]:
        return True
    return level is Level.COUNTY and unit is UnitLevel.CITY and not has_county


def person_problem(
    act: Act,
    level: Level | None,
    *,
    account_id: int,
    past: Sequence[PastAct],
    makers: Collection[int],
    is_own_family: bool = False,
) -> str | None:
    """Why this person may not take this step, as a code: own_file, made_it, other_level, second_person; or None.

    `past` is everything done so far, the earliest first; `makers` are those who filled the file in.
    """
    if is_own_family and act in NOT_BY_THE_FAMILY:
        return "own_file"
    if act in NOT_BY_THE_MAKER and account_id in makers:
        return "made_it"
    if level is not None and any(p.account_id == account_id and p.level not in (None, level) for p in past):
        return "other_level"
    if act is Act.SIGN_VISIT:
        visitors = [p.account_id for p in this_round(past) if p.act is Act.VISIT]
        if not visitors or visitors[-1] == account_id:
            return "second_person"
    return None


def this_round(past: Sequence[PastAct]) -> Sequence[PastAct]:
    """What was done since the file was last sent in."""
    sent = [place for place, p in enumerate(past) if p.act in (Act.SUBMIT, Act.RELAPSE)]
    return past[sent[-1] :] if sent else past


def takes_contact(status: FileStatus, state: State | None) -> bool:
    """Whether a family may be given a contact person: it is on file, or its file (None: there is none) is under way."""
    return status is FileStatus.ACTIVE or state in EDITABLE | ON_THE_WAY
