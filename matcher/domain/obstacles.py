"""Why a family has nothing yet, in the few kinds a city deputy wants to tell apart."""

from enum import StrEnum

from matcher.domain.reasons import ReasonCode as C


class Obstacle(StrEnum):
    SUPPLY = "supply"  # 资源不够
    AREA = "area"  # 区域不合
    PAPERS = "papers"  # 材料待补
    TERMS = "terms"  # 条件不符
    TIME = "time"  # 时间不合
    REVIEW = "review"  # 资源待审核
    HELPED = "helped"  # 已有帮扶


_KINDS: dict[Obstacle, frozenset[C]] = {
    Obstacle.AREA: frozenset({C.OUTSIDE_AREA, C.ROUTE_DIFFERS}),
    Obstacle.PAPERS: frozenset(
        {C.NO_HARDSHIP_FILE, C.FILE_LEVEL_TOO_LOW, C.NAME_NOT_VERIFIED, C.CHANNEL_NOT_ALLOWED, C.NO_CONSENT,
         C.ENTITLEMENT_FIRST}
    ),
    Obstacle.TERMS: frozenset(
        {
            C.USE_NOT_ALLOWED, C.GROUP_NOT_ELIGIBLE, C.INTERESTED_PARTY, C.EXCLUSION_CONDITION,
            C.MIGRANT_RELATION_TOO_SHORT, C.NOT_A_MEMBER, C.OTHER_UNION, C.CASH_FOR_WELFARE, C.STAGE_DIFFERS,
            C.AGE_OUTSIDE, C.STOPPED, C.DECLINED_BEFORE, C.UNIT_UNKNOWN,
        }
    ),
    Obstacle.TIME: frozenset(
        {C.NOT_YET_VALID, C.OFFER_ENDED, C.STARTS_AFTER_DEADLINE, C.SHELF_LIFE_OVER, C.DEADLINE_PASSED}
    ),
    Obstacle.REVIEW: frozenset({C.DONOR_NOT_VETTED}),
    Obstacle.HELPED: frozenset(
        {C.CAP_REACHED, C.SELF_PAID_EXCEEDED, C.ALREADY_MET, C.ONE_PROJECT_ONLY, C.SHARED_LIMIT}
    ),
}  # fmt: skip
"""Everything else means that there is not enough, or nothing, of the kind: 资源不够."""


def obstacle_of(code: str) -> Obstacle:
    """The kind of a reason code of an unmet need."""
    return next((kind for kind, codes in _KINDS.items() if code in codes), Obstacle.SUPPLY)
