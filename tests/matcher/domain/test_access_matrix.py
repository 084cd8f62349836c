"""The table of permissions is what the policy function answers, and it says what it must (R58, H20)."""

import pytest

from matcher.domain.access import ALLOWED, Action
from matcher.domain.access_matrix import CASE_OBJECTS, OBJECT_OF, Scope, matrix
from matcher.domain.terms import Role
from web.access_words import ACTION_WORDS, SCOPE_WORDS

CELLS = list(matrix())


def allowed(role: Role) -> dict[Action, Scope]:
    return {cell.action: cell.scope for cell in CELLS if cell.role is role and cell.scope is not Scope.NONE}


def test_every_role_action_and_object_has_an_answer():
    assert len(CELLS) == len(Role) * len(Action)
    assert set(OBJECT_OF) == set(Action) == set(ACTION_WORDS) and set(SCOPE_WORDS) == set(Scope)


@pytest.mark.parametrize("role", Role)
def test_what_is_allowed_is_allowed_inside_ones_reach_only(role):
    assert set(allowed(role)) == ALLOWED[role]
    wanted = {
        Role.CONTACT: Scope.CASELOAD,
        Role.WORKER: Scope.HOUSEHOLD,
        Role.CHARITY: Scope.DONOR,
        Role.ENTERPRISE: Scope.DONOR,
    }
    assert set(allowed(role).values()) <= {wanted.get(role, Scope.SUBTREE)}


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN])
def test_administrators_see_no_case(role):
    assert not {OBJECT_OF[action] for action in allowed(role)} & CASE_OBJECTS


def test_whoever_proposes_neither_approves_nor_vice_versa():
    both = {role for role in Role if {Action.DECIDE_PROPOSAL, Action.APPROVE_MONEY} <= set(allowed(role))}
    assert both == set()


def test_nobody_holds_two_of_the_three_administrators_powers():
    powers = {Action.EDIT_NETWORK: Role.SYSADMIN, Action.SEE_ACCOUNTS: Role.SECADMIN, Action.SEE_AUDIT: Role.AUDITADMIN}
    for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN):
        assert [owner for action, owner in powers.items() if action in allowed(role)] == [role]
