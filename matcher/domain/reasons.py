"""Reasons and verdicts: every refusal, every recommendation and every unmet need says why, as a code.

A `Reason` is a code and the values a sentence about it needs; `web/labels.py` turns it into Chinese or
English. The H-numbers are the hard rules of the field, the P-numbers the preferences.

Params by code (each may be absent; a refusal for want of a fact carries `missing`, the fact's column name):

    NO_HARDSHIP_FILE, NAME_NOT_VERIFIED, EXCLUSION_CONDITION, NOT_A_MEMBER   fund
    FILE_LEVEL_TOO_LOW fund, level · CHANNEL_NOT_ALLOWED fund, channel · USE_NOT_ALLOWED fund, category
    CATEGORY_DIFFERS need, offer · CAP_REACHED cap, helped · SELF_PAID_EXCEEDED left · OUT_OF_STOCK left, asked, unit
    NOT_YET_VALID valid_from · OFFER_ENDED valid_to · STARTS_AFTER_DEADLINE valid_from, deadline
    SHELF_LIFE_OVER shelf_life_until · DEADLINE_PASSED deadline · OUTSIDE_AREA region, area
    GROUP_NOT_ELIGIBLE groups, own · MIGRANT_RELATION_TOO_SHORT months, least · ALREADY_MET category, helped
    ENTITLEMENT_FIRST fund, due · CHANGE_APPLY_TO_STATE due
    ONE_PROJECT_ONLY hardship_class, projects · STAGE_DIFFERS stage, stages · AGE_OUTSIDE age, low, high
    ROUTE_DIFFERS wanted, given · NO_CONSENT donor_type · UNIT_UNKNOWN need_unit, offer_unit
    BELOW_CASE_MINIMUM least, most · TEXT_TOO_FAR closeness
    TEXT_CONTRADICTS, TEXT_OVERRULED about, need_words, offer_words · THING_DIFFERS need_concept, offer_concept
    OTHERS_CAME_FIRST needs, here, away, hardship_class, urgency · NEED_COVERED quantity, unit
    SAME_CONCEPT concept, need_words, offer_words · CONCEPT_DIFFERS need_concept, offer_concept
    NAMES_DIFFER need_words, offer_words · WORDS_SHARED words
    SAME_CATEGORY category, need_words, offer_words
    LISTED_PAIR need_category, offer_category, need_words, offer_words
    AMOUNT_FITS, AMOUNT_PARTLY quantity, wanted, unit · SAME_COUNTY, SAME_CITY region · WAITED_DAYS days
    URGENT urgency · DAYS_LEFT days, deadline · HARDSHIP_CLASS hardship_class · HELPED_THIS_YEAR quantity, unit
    CHANGE_ADD_STOCK quantity, unit · CHANGE_NAME_UNIT need_unit, offer_unit · CHANGE_WIDEN_AREA region
    CHANGE_EXTEND_DEADLINE, CHANGE_EXTEND_OFFER, CHANGE_WAIT until · CHANGE_REGISTER_FILE level
    CHANGE_WIDEN_GROUP stage or age · CHANGE_ASK_CONSENT donor_type · CHANGE_FILL_FACT fact
    CHANGE_CHECK_TEXT about · CHANGE_LOWER_MINIMUM, CHANGE_ALLOW_PARTS most, unit
    CHANGE_FIND_OFFER category, quantity, unit, region · every CHANGE_… of one offer obstacle, obstacles, others
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReasonCode(StrEnum):
    # hard rules: why a pair may not meet
    NO_HARDSHIP_FILE = "NO_HARDSHIP_FILE"  # H1
    FILE_LEVEL_TOO_LOW = "FILE_LEVEL_TOO_LOW"  # H1
    NAME_NOT_VERIFIED = "NAME_NOT_VERIFIED"  # H2
    CHANNEL_NOT_ALLOWED = "CHANNEL_NOT_ALLOWED"  # H3
    CATEGORY_DIFFERS = "CATEGORY_DIFFERS"  # H4
    USE_NOT_ALLOWED = "USE_NOT_ALLOWED"  # H5
    CAP_REACHED = "CAP_REACHED"  # H6
    SELF_PAID_EXCEEDED = "SELF_PAID_EXCEEDED"  # H7
    OUT_OF_STOCK = "OUT_OF_STOCK"  # H8
    NOT_YET_VALID = "NOT_YET_VALID"  # H9
    OFFER_ENDED = "OFFER_ENDED"  # H9
    STARTS_AFTER_DEADLINE = "STARTS_AFTER_DEADLINE"  # H9
    SHELF_LIFE_OVER = "SHELF_LIFE_OVER"  # H9
    DEADLINE_PASSED = "DEADLINE_PASSED"  # H9
    OUTSIDE_AREA = "OUTSIDE_AREA"  # H10
    GROUP_NOT_ELIGIBLE = "GROUP_NOT_ELIGIBLE"  # H11
    INTERESTED_PARTY = "INTERESTED_PARTY"  # H11
    DONOR_NOT_VETTED = "DONOR_NOT_VETTED"  # H12
    EXCLUSION_CONDITION = "EXCLUSION_CONDITION"  # H13
    MIGRANT_RELATION_TOO_SHORT = "MIGRANT_RELATION_TOO_SHORT"  # H14
    NOT_A_MEMBER = "NOT_A_MEMBER"  # H14, H15
    OTHER_UNION = "OTHER_UNION"  # H15
    CASH_FOR_WELFARE = "CASH_FOR_WELFARE"  # H15
    ALREADY_MET = "ALREADY_MET"  # H16
    ONE_PROJECT_ONLY = "ONE_PROJECT_ONLY"  # H17
    STAGE_DIFFERS = "STAGE_DIFFERS"  # H18
    AGE_OUTSIDE = "AGE_OUTSIDE"  # H18
    ROUTE_DIFFERS = "ROUTE_DIFFERS"  # H18
    NO_CONSENT = "NO_CONSENT"  # H19
    WRONG_UNIT_OR_PERSON = "WRONG_UNIT_OR_PERSON"  # H20
    SAME_PERSON_TWICE = "SAME_PERSON_TWICE"  # H20
    STOPPED = "STOPPED"  # H21
    ENTITLEMENT_FIRST = "ENTITLEMENT_FIRST"  # R42
    # not rules, but why nothing was proposed
    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    BELOW_CASE_MINIMUM = "BELOW_CASE_MINIMUM"
    TEXT_TOO_FAR = "TEXT_TOO_FAR"
    TEXT_CONTRADICTS = "TEXT_CONTRADICTS"
    THING_DIFFERS = "THING_DIFFERS"
    DECLINED_BEFORE = "DECLINED_BEFORE"
    OTHERS_CAME_FIRST = "OTHERS_CAME_FIRST"
    NEED_COVERED = "NEED_COVERED"
    SHARED_LIMIT = "SHARED_LIMIT"
    NOT_COMPARED_YET = "NOT_COMPARED_YET"
    NO_OFFER = "NO_OFFER"
    # what speaks for a pair
    SAME_CONCEPT = "SAME_CONCEPT"
    WORDS_SHARED = "WORDS_SHARED"
    SAME_CATEGORY = "SAME_CATEGORY"
    LISTED_PAIR = "LISTED_PAIR"
    AMOUNT_FITS = "AMOUNT_FITS"
    AMOUNT_PARTLY = "AMOUNT_PARTLY"
    SAME_COUNTY = "SAME_COUNTY"
    SAME_CITY = "SAME_CITY"
    WAITED_DAYS = "WAITED_DAYS"
    URGENT = "URGENT"
    DAYS_LEFT = "DAYS_LEFT"
    HARDSHIP_CLASS = "HARDSHIP_CLASS"
    NOT_HELPED_THIS_YEAR = "NOT_HELPED_THIS_YEAR"
    SOCIAL_FIRST = "SOCIAL_FIRST"
    # what speaks against a pair that is proposed all the same
    CONCEPT_DIFFERS = "CONCEPT_DIFFERS"
    NAMES_DIFFER = "NAMES_DIFFER"
    TEXT_OVERRULED = "TEXT_OVERRULED"
    HELPED_THIS_YEAR = "HELPED_THIS_YEAR"
    # smallest changes that would make an unmet need possible
    CHANGE_REGISTER_FILE = "CHANGE_REGISTER_FILE"
    CHANGE_APPLY_TO_STATE = "CHANGE_APPLY_TO_STATE"
    CHANGE_VERIFY_NAME = "CHANGE_VERIFY_NAME"
    CHANGE_ADD_CARD = "CHANGE_ADD_CARD"
    CHANGE_EXTEND_DEADLINE = "CHANGE_EXTEND_DEADLINE"
    CHANGE_EXTEND_OFFER = "CHANGE_EXTEND_OFFER"
    CHANGE_WIDEN_AREA = "CHANGE_WIDEN_AREA"
    CHANGE_WIDEN_GROUP = "CHANGE_WIDEN_GROUP"
    CHANGE_ASK_CONSENT = "CHANGE_ASK_CONSENT"
    CHANGE_VET_DONOR = "CHANGE_VET_DONOR"
    CHANGE_ADD_STOCK = "CHANGE_ADD_STOCK"
    CHANGE_WAIT = "CHANGE_WAIT"
    CHANGE_LOWER_MINIMUM = "CHANGE_LOWER_MINIMUM"
    CHANGE_ALLOW_PARTS = "CHANGE_ALLOW_PARTS"
    CHANGE_CLEAR_STOP = "CHANGE_CLEAR_STOP"
    CHANGE_EDIT_EITHER = "CHANGE_EDIT_EITHER"
    CHANGE_NAME_UNIT = "CHANGE_NAME_UNIT"
    CHANGE_FILL_FACT = "CHANGE_FILL_FACT"
    CHANGE_CHECK_TEXT = "CHANGE_CHECK_TEXT"
    CHANGE_FIND_OFFER = "CHANGE_FIND_OFFER"


Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code and what its sentence needs. `params` holds codes, numbers and ISO dates only,
    or words taken from already screened text; the engine's README lists them by code."""

    code: ReasonCode
    params: Mapping[str, Value | tuple[str, ...]] = field(default_factory=dict)


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one hard rule said of one pair: `rule` is "H1" … "H21"; `article` names the source."""

    rule: str
    outcome: Outcome
    reason: Reason | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results of all rules on one pair. `allowed` when nothing blocks."""

    results: tuple[RuleResult, ...] = ()

    @property
    def blocking(self) -> tuple[RuleResult, ...]:
        return tuple(r for r in self.results if r.outcome is not Outcome.PASSED and r.reason is not None)

    @property
    def allowed(self) -> bool:
        return not self.blocking
