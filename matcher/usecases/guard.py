"""The one question before every act: is it within this person's reach, and may they do it?"""

from matcher.domain.access import Action, Actor, Reach, may, within
from matcher.errors import NotFound, NotPermitted
from matcher.store.tables import Household, Unit


def require(by: Actor, action: Action, reach: Reach) -> None:
    """Raises NotFound for what lies outside one's reach (exactly like what does not exist), NotPermitted for what
    one may see but not do."""
    if not within(by, reach):
        raise NotFound()
    if not may(by, action):
        raise NotPermitted()


def reach_of_family(household: Household, unit: Unit) -> Reach:
    """Where something of a family belongs: the unit that has it, often the family's own, and its contact person.

    Raises NotFound for a family whose data were erased.
    """
    if household.erased_at is not None:
        raise NotFound()
    return Reach(unit_path=unit.path, contact_id=household.contact_account_id)
