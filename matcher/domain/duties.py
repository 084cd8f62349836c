"""Which roles one person may not hold together (职责分离): who proposes does not pay, who administers sees no case.

Sources: R46 and R60 (levels divide the work, discipline of money), H20 (a second person for money). A person is known
by the blind index of their number, whatever their accounts are called. Being helped oneself goes with every role:
only one's own case is closed to one then.
"""

from matcher.domain.terms import Role

CASEWORK = frozenset({Role.CASEWORKER, Role.REVIEWER, Role.CONTACT, Role.CITY})
DONORS = frozenset({Role.CHARITY, Role.ENTERPRISE})
ALONE = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN, Role.AUDITOR})
"""Those who administer or audit do nothing else."""


def incompatible(one: Role, other: Role) -> bool:
    """Whether one person may not hold both. The same role at two places is one kind of work and may be."""
    both = {one, other}
    if one is other or Role.WORKER in both:
        return False
    if both & ALONE:
        return True
    if Role.FINANCE in both or (both <= CASEWORK and Role.REVIEWER in both):
        return True
    return bool(both & DONORS) and bool(both & CASEWORK)
