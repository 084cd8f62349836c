"""Rows with believable defaults. Every function writes into a real database and returns the row with its id.

    with database.write() as session:
        need = a_need(session, category=Category.FOO, quantity=2)
        session.commit()

What is not given is made: a need brings its household and unit, an offer its donor. All people are invented.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from matcher.domain.access import Actor
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.terms import (
    Category,
    DonorStatus,
    DonorType,
    FileLevel,
    FileStatus,
    FundSource,
    HardshipClass,
    OfferStatus,
    PayoutChannel,
    ProposalStatus,
    Role,
    RunStatus,
    Tier,
    UnitLevel,
)
from matcher.store.tables import (
    Account,
    ContactAssignment,
    Division,
    Donor,
    EntitlementCheck,
    Household,
    Installation,
    MatchRun,
    Need,
    Offer,
    Proposal,
    Unit,
)

NOW = datetime(2019, 1, 9, 1, 0, tzinfo=UTC)
TODAY = date(2019, 1, 9)
WUZHI = "410823"
_counter = itertools.count(1)
Row = TypeVar("Row", bound=SQLModel)


def _save(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _stamps(fields: dict[str, Any]) -> dict[str, Any]:
    return {"created_at": NOW, "updated_at": NOW, **fields}


def an_installation(session: Session, **fields: Any) -> Installation:
    return _save(session, Installation(**{"set_up_on": TODAY, **fields}))


def a_division(session: Session, code: str, name: str, parent_code: str | None = None) -> Division:
    return session.get(Division, code) or _save(session, Division(code=code, name=name, parent_code=parent_code))


def a_unit(session: Session, *, parent: Unit | None = None, **fields: Any) -> Unit:
    """A union; a city union when it has no parent."""
    n = next(_counter)
    level = fields.pop("level", UnitLevel.COUNTY if parent else UnitLevel.CITY)
    defaults: dict[str, Any] = {
        "code": f"U{n:05d}",
        "name": "武陟县总工会" if parent else "焦作市总工会",
        "short_name": "武陟" if parent else "焦作",
        "division_code": WUZHI if parent else "410800",
    }
    unit = Unit(**_stamps(defaults | fields), level=level, parent_id=parent.id if parent else None, path="/")
    _save(session, unit)
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    return _save(session, unit)


def the_city(session: Session) -> Unit:
    found = session.exec(select(Unit).where(Unit.level == UnitLevel.CITY)).first()
    return found or a_unit(session)


def a_county(session: Session, division_code: str = WUZHI, **fields: Any) -> Unit:
    """The county union of a division, made once per database."""
    found = session.exec(
        select(Unit).where(Unit.division_code == division_code, Unit.level == UnitLevel.COUNTY)
    ).first()
    return found or a_unit(session, parent=the_city(session), division_code=division_code, **fields)


def an_account(session: Session, role: Role = Role.CASEWORKER, *, unit: Unit | None = None, **fields: Any) -> Account:
    """An account without a usable password; make one through the use case to sign in with it."""
    n = next(_counter)
    if unit is None and "donor_id" not in fields and role is not Role.WORKER:
        unit = the_city(session) if role is Role.CITY else a_county(session)
    defaults = {
        "username": f"person-{n}",
        "password_hash": "!",
        "display_name": "周敏",
        "unit_id": unit.id if unit else None,
        "password_changed_at": NOW,
    }
    return _save(session, Account(**_stamps(defaults | fields), role=role))


def looks_after(session: Session, account_id: int, household_id: int) -> None:
    """From now on this is the contact person of a family that had none."""
    row = session.get_one(Household, household_id)
    row.contact_account_id = account_id
    _save(
        session,
        ContactAssignment(household_id=household_id, account_id=account_id, unit_id=row.unit_id, began_at=NOW),
    )


def an_actor(session: Session, role: Role = Role.CASEWORKER, *, unit: Unit | None = None, **fields: Any) -> Actor:
    """Someone who acts, with an account behind them."""
    account = an_account(session, role, unit=unit, **fields)
    home = session.get(Unit, account.unit_id) if account.unit_id else None
    return Actor(
        account_id=account.id or 0,
        role=role,
        unit_id=account.unit_id,
        unit_path=home.path if home else None,
        donor_id=account.donor_id,
        household_id=account.household_id,
        name="周敏",
    )


def a_household(session: Session, *, unit: Unit | None = None, **fields: Any) -> Household:
    """A family on a national-level file, real name verified, with a bank card and consent to all donor types."""
    n = next(_counter)
    unit = unit or a_county(session)
    defaults: dict[str, Any] = {
        "case_code": f"武陟-{n:04d}",
        "unit_id": unit.id,
        "division_code": unit.division_code or WUZHI,
        "township": "大虹桥乡",
        "head_name": "李志远",
        "phone": f"1990000{n:04d}",
        "size": 4,
        "situation": "4 口，老伴卧床",
        "hardship_class": HardshipClass.SUBSISTENCE,
        "file_status": FileStatus.ACTIVE,
        "file_level": FileLevel.NATIONAL,
        "file_number": f"D{n:06d}",
        "file_approved_on": date(2018, 3, 1),
        "causes": ["6"],
        "groups": ["HARDSHIP", "SUBSISTENCE"],
        "consent": [kind.value for kind in DonorType],
        "is_member": True,
        "is_real_name": True,
        "is_excluded": False,
        "relation_months": 60,
        "payout": PayoutChannel.BANK_CARD,
    }
    return _save(session, Household(**_stamps(defaults | fields)))


def a_need(session: Session, *, household: Household | None = None, **fields: Any) -> Need:
    """A need for one parcel of rice, flour and oil before the festival."""
    n = next(_counter)
    household = household or a_household(session)
    defaults: dict[str, Any] = {
        "code": f"N{n:06d}",
        "household_id": household.id,
        "unit_id": household.unit_id,
        "category": Category.FOO,
        "tier": Tier.T1,
        "title": "年前缺米面油",
        "text": "米缸面缸都见底了，就想过年让两个孙子吃上顿饺子。",
        "division_code": household.division_code,
        "quantity": 1,
        "unit": "份",
        "urgency": 4,
        "created_on": TODAY - timedelta(days=23),
        "deadline": TODAY + timedelta(days=7),
    }
    return _save(session, Need(**_stamps(defaults | fields)))


def a_donor(session: Session, *, unit: Unit | None = None, **fields: Any) -> Donor:
    n = next(_counter)
    unit = unit or the_city(session)
    defaults: dict[str, Any] = {
        "code": f"D{n:05d}",
        "name": "禾暖粮油",
        "donor_type": DonorType.ENTERPRISE,
        "unit_id": unit.id,
        "division_code": "410800",
        "status": DonorStatus.VETTED,
    }
    return _save(session, Donor(**_stamps(defaults | fields)))


def an_entitlement(
    session: Session, household: Household, entitlement: Entitlement, state: EntitlementState = EntitlementState.DUE
) -> EntitlementCheck:
    """What somebody found out the state owes a family."""
    row = EntitlementCheck(
        household_id=household.id, entitlement=entitlement, state=state, **_stamps({"checked_on": TODAY})
    )
    return _save(session, row)


def an_offer(session: Session, *, donor: Donor | None = None, **fields: Any) -> Offer:
    """300 parcels of rice, flour and oil for two counties, one per household."""
    n = next(_counter)
    donor = donor or a_donor(session)
    defaults: dict[str, Any] = {
        "code": f"O{n:06d}",
        "donor_id": donor.id,
        "unit_id": donor.unit_id,
        "title": "米面油礼包",
        "text": "春节礼包：大米10公斤、面粉10公斤、食用油5升，给武陟、温县低保户。",
        "category": Category.FOO,
        "regions": [WUZHI, "410825"],
        "quantity": 300,
        "unit": "份",
        "per_case_max": 1,
        "valid_from": TODAY - timedelta(days=20),
        "valid_to": TODAY + timedelta(days=40),
        "shelf_life_until": TODAY + timedelta(days=180),
        "fund_source": FundSource.DONATION,
        "status": OfferStatus.OPEN,
    }
    return _save(session, Offer(**_stamps(defaults | fields)))


def a_run(session: Session, *, unit: Unit | None = None, **fields: Any) -> MatchRun:
    unit = unit or the_city(session)
    defaults = {
        "unit_id": unit.id,
        "as_of": TODAY,
        "trigger": "manual",
        "status": RunStatus.DONE,
        "created_at": NOW,
        "finished_at": NOW,
    }
    return _save(session, MatchRun(**(defaults | fields)))


def a_proposal(
    session: Session,
    *,
    need: Need | None = None,
    offer: Offer | None = None,
    run: MatchRun | None = None,
    **fields: Any,
) -> Proposal:
    """A proposal waiting for a decision; one made in another state does not touch stock by itself."""
    need = need or a_need(session)
    offer = offer or an_offer(session)
    run = run or a_run(session)
    quantity = fields.pop("quantity", 1)
    defaults: dict[str, Any] = {
        "run_id": run.id,
        "need_id": need.id,
        "offer_id": offer.id,
        "household_id": need.household_id,
        "unit_id": need.unit_id,
        "quantity": quantity,
        "proposed_quantity": quantity,
        "unit": offer.unit,
        "is_money": offer.unit == "元",
        "score": 842,
        "parts": {"content": 286, "amount": 88, "nearness": 62, "waiting": 94, "urgency": 132, "hardship": 180},
        "maxima": {"content": 300, "amount": 120, "nearness": 110, "waiting": 120, "urgency": 150, "hardship": 200},
        "reasons": [{"code": "SAME_COUNTY", "params": {}}, {"code": "WAITED_DAYS", "params": {"days": 23}}],
        "status": ProposalStatus.PROPOSED,
        "rank": 1,
        "need_version": need.version,
        "offer_version": offer.version,
    }
    return _save(session, Proposal(**_stamps(defaults | fields)))
