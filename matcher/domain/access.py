"""Who may do what: one function for pages, tasks, exports and counts (SEC1, R46–R47).

An `Actor` acts at one unit, donor or household. An object is described by a `Reach`: the unit (as a path in the
union tree), the donor, the household and the contact person it belongs to. Everything not listed is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.terms import Role


class Action(StrEnum):
    SEE_PROPOSALS = "see_proposals"
    DECIDE_PROPOSAL = "decide_proposal"
    APPROVE_MONEY = "approve_money"
    SEE_NEEDS = "see_needs"
    EDIT_NEEDS = "edit_needs"
    SEE_OWN_NEEDS = "see_own_needs"
    REVEAL_PERSON = "reveal_person"
    SEE_OFFERS = "see_offers"
    EDIT_OFFERS = "edit_offers"
    VET_OFFERS = "vet_offers"
    SEE_IMPACT = "see_impact"
    SEE_DELIVERIES = "see_deliveries"
    RECORD_DELIVERY = "record_delivery"
    SEE_RUNS = "see_runs"
    START_RUN = "start_run"
    SEE_MODEL = "see_model"
    CHANGE_MODEL = "change_model"
    SEE_AUDIT = "see_audit"
    SEE_ACCOUNTS = "see_accounts"
    SEE_NETWORK = "see_network"
    EDIT_NETWORK = "edit_network"
    SEE_REFERRALS = "see_referrals"
    ANSWER_REFERRALS = "answer_referrals"
    SEE_PLANS = "see_plans"
    EDIT_PLANS = "edit_plans"
    ASSIGN_CONTACTS = "assign_contacts"
    SEE_MATRIX = "see_matrix"
    SEE_SETTINGS = "see_settings"
    SEE_FILES = "see_files"
    EDIT_FILES = "edit_files"
    TAKE_OVER_FILES = "take_over_files"
    VISIT_FAMILIES = "visit_families"
    REVIEW_FILES = "review_files"
    DECIDE_DUPLICATES = "decide_duplicates"
    ASK_RIGHTS = "ask_rights"
    ANSWER_RIGHTS = "answer_rights"
    SEE_VISITS = "see_visits"
    EDIT_VISITS = "edit_visits"
    SEE_ERASURES = "see_erasures"
    HOLD_ERASURES = "hold_erasures"


_CASE = frozenset(
    {
        Action.SEE_VISITS,
        Action.SEE_PROPOSALS,
        Action.SEE_NEEDS,
        Action.SEE_DELIVERIES,
        Action.SEE_OFFERS,
        Action.SEE_NETWORK,
        Action.SEE_REFERRALS,
        Action.SEE_PLANS,
        Action.SEE_FILES,
    }
)
_DONOR = frozenset({Action.SEE_OFFERS, Action.EDIT_OFFERS, Action.SEE_IMPACT})

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.CASEWORKER: _CASE
    | {
        Action.DECIDE_PROPOSAL,
        Action.EDIT_NEEDS,
        Action.REVEAL_PERSON,
        Action.EDIT_OFFERS,
        Action.VET_OFFERS,
        Action.RECORD_DELIVERY,
        Action.ANSWER_REFERRALS,
        Action.EDIT_PLANS,
        Action.EDIT_VISITS,
        Action.ASSIGN_CONTACTS,
        Action.EDIT_FILES,
        Action.VISIT_FAMILIES,
        Action.REVIEW_FILES,
        Action.ASK_RIGHTS,
        Action.ANSWER_RIGHTS,
    },
    Role.REVIEWER: _CASE
    | {
        Action.APPROVE_MONEY,
        Action.REVEAL_PERSON,
        Action.VET_OFFERS,
        Action.VISIT_FAMILIES,
        Action.REVIEW_FILES,
        Action.DECIDE_DUPLICATES,
        Action.ANSWER_RIGHTS,
        Action.SEE_ERASURES,
        Action.HOLD_ERASURES,
    },
    Role.CONTACT: frozenset(
        {
            Action.SEE_NEEDS,
            Action.EDIT_NEEDS,
            Action.REVEAL_PERSON,
            Action.SEE_DELIVERIES,
            Action.RECORD_DELIVERY,
            Action.SEE_FILES,
            Action.VISIT_FAMILIES,
            Action.SEE_PLANS,
            Action.EDIT_PLANS,
        }
    ),
    Role.WORKER: frozenset({Action.SEE_OWN_NEEDS}),
    Role.FINANCE: frozenset({Action.SEE_DELIVERIES}),
    Role.AUDITOR: frozenset(
        {
            Action.SEE_AUDIT,
            Action.SEE_RUNS,
            Action.SEE_MODEL,
            Action.SEE_DELIVERIES,
            Action.SEE_NETWORK,
            Action.SEE_MATRIX,
            Action.SEE_ERASURES,
        }
    ),
    Role.CITY: _CASE
    | {
        Action.SEE_RUNS,
        Action.START_RUN,
        Action.EDIT_NETWORK,
        Action.ANSWER_REFERRALS,
        Action.ASSIGN_CONTACTS,
        Action.SEE_MODEL,
        Action.CHANGE_MODEL,
        Action.VET_OFFERS,
        Action.EDIT_OFFERS,
        Action.SEE_IMPACT,
        Action.TAKE_OVER_FILES,
        Action.EDIT_VISITS,
        Action.REVIEW_FILES,
        Action.DECIDE_DUPLICATES,
        Action.ANSWER_RIGHTS,
        Action.SEE_ERASURES,
        Action.HOLD_ERASURES,
    },
    Role.CHARITY: _DONOR,
    Role.ENTERPRISE: _DONOR,
    Role.SYSADMIN: frozenset({Action.SEE_SETTINGS, Action.SEE_NETWORK, Action.EDIT_NETWORK, Action.SEE_MATRIX}),
    Role.SECADMIN: frozenset({Action.SEE_ACCOUNTS, Action.SEE_NETWORK, Action.SEE_MATRIX}),
    Role.AUDITADMIN: frozenset({Action.SEE_AUDIT, Action.SEE_MATRIX}),
}

DONOR_ROLES = frozenset({Role.CHARITY, Role.ENTERPRISE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The acting person: one account in one role at one place."""

    account_id: int
    role: Role
    unit_id: int | None = None
    unit_path: str | None = None  # "/1/4/", the actor sees this subtree
    donor_id: int | None = None
    household_id: int | None = None
    name: str = ""  # as shown on pages, masked elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where an object belongs. None means it does not belong to such a thing."""

    unit_path: str | None = None
    donor_id: int | None = None
    household_id: int | None = None
    contact_id: int | None = None  # the account of the family's contact person


def may(actor: Actor, action: Action, reach: Reach | None = None) -> bool:
    """Whether this person may do this, and to this object when one is given."""
    if action not in ALLOWED[actor.role]:
        return False
    return reach is None or within(actor, reach)


def within(actor: Actor, reach: Reach) -> bool:
    """Whether an object lies within the actor's reach; outside it, the object does not exist for them.

    A contact person reaches the families they look after and nobody else's, wherever in the subtree.
    """
    if actor.role in DONOR_ROLES:
        return actor.donor_id is not None and reach.donor_id == actor.donor_id
    if actor.role is Role.WORKER:
        return actor.household_id is not None and reach.household_id == actor.household_id
    if actor.role is Role.CONTACT and reach.contact_id != actor.account_id:
        return False
    return actor.unit_path is not None and reach.unit_path is not None and reach.unit_path.startswith(actor.unit_path)
