"""One person behind several accounts: roles that do not go together, and cases one may not act on twice.

A person is known by the blind index of their number, the same index a family's head has; numbers are not kept here.
"""

from datetime import date

from sqlmodel import col, select

from matcher.domain import identity
from matcher.domain.access import Actor
from matcher.domain.duties import incompatible
from matcher.domain.terms import Role
from matcher.errors import Conflict, FieldProblem, InvalidFields
from matcher.store.crypto import keyring
from matcher.store.tables import Account, Household, Proposal, ProposalStep
from matcher.store.unit_of_work import UnitOfWork

PERSON = "household.id_card"  # the purpose of the index: one person has one key, as head of a family and as staff


def person_index(id_card: str, *, today: date, field: str = "id_card") -> str | None:
    """The index of a number, None when none was told. Raises InvalidFields beside `field` for a wrong one."""
    if not id_card.strip():
        return None
    checked = identity.resident_id(id_card, today=today)
    if checked.problem:
        raise InvalidFields([FieldProblem(field, checked.problem)])
    return keyring().index(checked.value, PERSON)


def require_compatible(uow: UnitOfWork, index: str | None, role: Role, *, but: int | None = None) -> None:
    """Raises InvalidFields beside `role` when this person has an account in use whose role does not go with it."""
    if index is None:
        return
    held = uow.session.exec(
        select(Account.id, Account.role).where(Account.person_index == index, col(Account.is_active).is_(True))
    )
    for account_id, other in held:
        if account_id != but and incompatible(role, Role(other)):
            raise InvalidFields([FieldProblem("role", "roles_incompatible", {"role": Role(other).value})])


def accounts_of_person(uow: UnitOfWork, account_id: int) -> frozenset[int]:
    """All accounts of the person behind this one, itself included."""
    account = uow.session.get(Account, account_id)
    if account is None or account.person_index is None:
        return frozenset({account_id})
    ids = uow.session.exec(select(Account.id).where(Account.person_index == account.person_index))
    return frozenset(id_ for id_ in ids if id_ is not None) | {account_id}


def require_impartial(uow: UnitOfWork, proposal: Proposal, household: Household, by: Actor) -> None:
    """Nobody decides about their own family, and nobody acts on one case from two accounts, so from two levels (R46).

    Raises Conflict `own_family` or `two_levels`.
    """
    account = uow.session.get(Account, by.account_id)
    if account is None or account.person_index is None:
        return
    if account.person_index == household.id_card_index:
        raise Conflict("own_family")
    others = accounts_of_person(uow, by.account_id) - {by.account_id}
    if not others:
        return
    families = uow.session.exec(select(Account.household_id).where(col(Account.id).in_(others)))
    if household.id in set(families):
        raise Conflict("own_family")
    acted = select(ProposalStep.id).where(
        ProposalStep.proposal_id == proposal.id, col(ProposalStep.by_account_id).in_(others)
    )
    if uow.session.exec(acted).first() is not None:
        raise Conflict("two_levels")
