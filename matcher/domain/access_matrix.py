"""Who may do what to which objects, read off the one policy function by asking it (R58, SEC1).

Nothing here is a second list of permissions: every cell is an answer of `access.may` to a sample person and sample
objects inside and outside their reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.terms import Role


class Scope(StrEnum):
    """How far a permission reaches."""

    NONE = "none"
    SUBTREE = "subtree"  # 本单位及下级
    CASELOAD = "caseload"  # 自己联系的家庭
    DONOR = "donor"  # 自己这家爱心单位
    HOUSEHOLD = "household"  # 自己这户


class ObjectKind(StrEnum):
    """What an action is about; the names are those of the trail and of `nuanliu routes`."""

    PROPOSAL = "proposal"
    NEED = "need"
    HOUSEHOLD = "household"
    OFFER = "offer"
    DONOR = "donor"
    DELIVERY = "delivery"
    RUN = "match_run"
    MODEL = "model_version"
    TRAIL = "audit_head"
    ACCOUNT = "account"
    UNIT = "unit"
    REFERRAL = "referral"
    PLAN = "plan_measure"
    FILE = "hardship_file"
    DUPLICATE = "duplicate_case"
    RIGHTS = "rights_request"
    VISIT = "enterprise_visit"
    ERASURE = "erasure"
    INSTALLATION = "installation"


OBJECT_OF: dict[Action, ObjectKind] = {
    Action.SEE_PROPOSALS: ObjectKind.PROPOSAL,
    Action.DECIDE_PROPOSAL: ObjectKind.PROPOSAL,
    Action.APPROVE_MONEY: ObjectKind.PROPOSAL,
    Action.SEE_NEEDS: ObjectKind.NEED,
    Action.EDIT_NEEDS: ObjectKind.NEED,
    Action.SEE_OWN_NEEDS: ObjectKind.NEED,
    Action.REVEAL_PERSON: ObjectKind.HOUSEHOLD,
    Action.SEE_OFFERS: ObjectKind.OFFER,
    Action.EDIT_OFFERS: ObjectKind.OFFER,
    Action.VET_OFFERS: ObjectKind.OFFER,
    Action.SEE_IMPACT: ObjectKind.DONOR,
    Action.SEE_DELIVERIES: ObjectKind.DELIVERY,
    Action.RECORD_DELIVERY: ObjectKind.DELIVERY,
    Action.SEE_RUNS: ObjectKind.RUN,
    Action.START_RUN: ObjectKind.RUN,
    Action.SEE_MODEL: ObjectKind.MODEL,
    Action.CHANGE_MODEL: ObjectKind.MODEL,
    Action.SEE_AUDIT: ObjectKind.TRAIL,
    Action.SEE_ACCOUNTS: ObjectKind.ACCOUNT,
    Action.SEE_NETWORK: ObjectKind.UNIT,
    Action.EDIT_NETWORK: ObjectKind.UNIT,
    Action.SEE_REFERRALS: ObjectKind.REFERRAL,
    Action.ANSWER_REFERRALS: ObjectKind.REFERRAL,
    Action.SEE_PLANS: ObjectKind.PLAN,
    Action.EDIT_PLANS: ObjectKind.PLAN,
    Action.ASSIGN_CONTACTS: ObjectKind.PLAN,
    Action.SEE_FILES: ObjectKind.FILE,
    Action.EDIT_FILES: ObjectKind.FILE,
    Action.TAKE_OVER_FILES: ObjectKind.FILE,
    Action.VISIT_FAMILIES: ObjectKind.FILE,
    Action.REVIEW_FILES: ObjectKind.FILE,
    Action.DECIDE_DUPLICATES: ObjectKind.DUPLICATE,
    Action.ASK_RIGHTS: ObjectKind.RIGHTS,
    Action.ANSWER_RIGHTS: ObjectKind.RIGHTS,
    Action.SEE_VISITS: ObjectKind.VISIT,
    Action.EDIT_VISITS: ObjectKind.VISIT,
    Action.SEE_ERASURES: ObjectKind.ERASURE,
    Action.HOLD_ERASURES: ObjectKind.ERASURE,
    Action.SEE_SETTINGS: ObjectKind.INSTALLATION,
    Action.SEE_MATRIX: ObjectKind.INSTALLATION,
}
CASE_OBJECTS = frozenset(
    {
        ObjectKind.PROPOSAL,
        ObjectKind.NEED,
        ObjectKind.HOUSEHOLD,
        ObjectKind.DELIVERY,
        ObjectKind.REFERRAL,
        ObjectKind.PLAN,
        ObjectKind.FILE,
        ObjectKind.DUPLICATE,
        ObjectKind.RIGHTS,
        ObjectKind.VISIT,
        ObjectKind.ERASURE,
    }
)
"""Objects that tell something about families."""

_HOME, _OTHER = 7, 8
_ME = 1
INSIDE = {
    Scope.SUBTREE: (Reach(unit_path="/1/2/"), Reach(unit_path="/1/2/3/")),
    Scope.CASELOAD: (Reach(unit_path="/1/2/", contact_id=_ME), Reach(unit_path="/1/2/3/", contact_id=_ME)),
    Scope.DONOR: (Reach(donor_id=_HOME),),
    Scope.HOUSEHOLD: (Reach(household_id=_HOME),),
}
OUTSIDE = (
    Reach(),
    Reach(unit_path="/1/"),
    Reach(unit_path="/1/4/"),
    Reach(unit_path="/1/25/"),
    Reach(unit_path="/1/4/", contact_id=_ME),
    Reach(donor_id=_OTHER),
    Reach(household_id=_OTHER),
)
"""Nothing at all, the unit above, one beside, one whose number only begins alike, a family handed to
another unit, another donor, another family."""


def sample(role: Role) -> Actor:
    """Somebody in this role who has everything a role could belong to."""
    return Actor(account_id=_ME, role=role, unit_id=2, unit_path="/1/2/", donor_id=_HOME, household_id=_HOME)


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer of the policy function."""

    role: Role
    action: Action
    kind: ObjectKind
    scope: Scope


def matrix() -> Iterator[Cell]:
    """Every (role, action, object) with how far it reaches, asked of `access.may`."""
    for action in Action:
        for role in Role:
            yield Cell(role, action, OBJECT_OF[action], scope_of(role, action))


def scope_of(role: Role, action: Action) -> Scope:
    """How far a role may do something. Raises AssertionError when it reaches beyond, which tests forbid."""
    actor = sample(role)
    assert not any(may(actor, action, reach) for reach in OUTSIDE), (role, action)
    for scope, inside in INSIDE.items():
        if all(may(actor, action, reach) for reach in inside):
            return scope
    return Scope.NONE
