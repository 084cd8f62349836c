"""What one person may not be at the same time."""

import pytest

from matcher.domain.duties import incompatible
from matcher.domain.terms import Role

TOGETHER = {
    frozenset(pair)
    for pair in [
        (Role.CASEWORKER, Role.CONTACT),
        (Role.CASEWORKER, Role.CITY),
        (Role.CONTACT, Role.CITY),
        (Role.CHARITY, Role.ENTERPRISE),
    ]
} | {frozenset({Role.WORKER, role}) for role in Role}


@pytest.mark.parametrize("one", list(Role), ids=str)
def test_only_these_go_together(one):
    for other in Role:
        assert incompatible(one, other) == incompatible(other, one)
        assert incompatible(one, other) == (one is not other and frozenset({one, other}) not in TOGETHER), other


def test_who_proposes_does_not_pay_and_administrators_are_three_people():
    assert incompatible(Role.CASEWORKER, Role.FINANCE) and incompatible(Role.CASEWORKER, Role.REVIEWER)
    assert incompatible(Role.SYSADMIN, Role.SECADMIN) and incompatible(Role.AUDITADMIN, Role.SECADMIN)
    assert incompatible(Role.SYSADMIN, Role.CASEWORKER)
