"""The demo installation: everything in one transaction, so that a broken start leaves nothing behind."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlmodel import Session, col

from matcher.clock import business_date
from matcher.domain.terms import FileStatus, NeedStatus, OfferStatus, Role, UnitLevel
from matcher.store.session import Database
from matcher.store.tables import (
    Account,
    Delivery,
    Division,
    Donor,
    Household,
    MatchRun,
    Need,
    Offer,
    Proposal,
    ProposalStep,
    Unit,
)
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.accounts import create_account, fresh_password
from matcher.usecases.inner import InnerUnitOfWork
from seeds import reference, season_rows
from seeds.donors import CHARITY_1, ENTERPRISE_1
from seeds.file_stories import put_files
from seeds.load import load_reference, put, table_of
from seeds.plans import give_families_to_contact
from seeds.rows import Ids, donor_row, household_row, need_row, offer_row
from seeds.season_rows import Deciders
from seeds.world import World, build_world

SEED = 20_181_203
"""The day of the notice 焦工文〔2018〕115号's month; any number would do."""
COUNTY = "JZ-410823"

Told = Callable[[str, float], None]
"""Told a step's code and the share done in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One line of the sign-in table. `place` is the union, donor or case code, never a person's name."""

    username: str
    password: str
    role: Role
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """What the demo holds, counted in the database."""

    divisions: int
    unions: int
    families: int
    families_on_file: int
    families_in_need: int
    open_needs: int
    categories: int
    organisations: int
    offers: int
    open_offers: int
    helped_last_season: int
    waiting_for_delivery: int
    sign_ins: tuple[SignIn, ...]

    def lines(self, locale: str = "zh") -> list[str]:
        """The counts as sentences a newcomer understands, in "zh" or "en"."""
        if locale == "en":
            return [
                f"Union network of Jiaozuo: {self.unions:,} organisations; {self.divisions:,} places of the country.",
                f"{self.families:,} invented families, {self.families_on_file:,} with a hardship file; "
                f"{self.families_in_need:,} need something now: {self.open_needs:,} needs, {self.categories} kinds.",
                f"{self.organisations:,} invented organisations: {self.offers:,} offers, {self.open_offers:,} open.",
                f"Last season {self.helped_last_season:,} things reached families; "
                f"{self.waiting_for_delivery:,} are confirmed and wait to be handed over.",
            ]
        return [
            f"焦作工会网络：{self.unions:,} 个组织；全国行政区划 {self.divisions:,} 个。",
            f"虚构家庭 {self.families:,} 户，其中在档 {self.families_on_file:,} 户；"
            f"现有需求的 {self.families_in_need:,} 户，共 {self.open_needs:,} 条需求、{self.categories} 个类别。",
            f"虚构爱心单位 {self.organisations:,} 家，资源 {self.offers:,} 项，其中可对接 {self.open_offers:,} 项。",
            f"上一季已发放 {self.helped_last_season:,} 件，已确认待发放 {self.waiting_for_delivery:,} 件。",
        ]


def fill(
    database: Database,
    *,
    families: int = 2_000,
    now: datetime,
    seed: int = SEED,
    password: str = "",
    progress: Told | None = None,
) -> DemoSummary:
    """Put the invented world of this day into an empty, migrated database: all of it, or nothing.

    `password` is given to every demo account, each gets a random one without it. Raises InvalidFields when it is
    too weak, IntegrityError when the database already holds such rows, ValueError for less than one family.
    """
    tell = progress or (lambda step, share: None)
    tell("invent", 0.0)
    world = build_world(families=families, today=business_date(now), seed=seed)
    with UnitOfWork(database) as uow:
        session = uow.session
        tell("reference", 0.2)
        load_reference(session, now=now, is_demo=True)
        tell("families", 0.35)
        ids = _put_world(session, world)
        tell("accounts", 0.7)
        sign_ins = _accounts(uow, world, ids, password, now)
        tell("history", 0.85)
        _put_season(session, world, ids)
        put_files(uow, world, ids, _busiest_unit(world), now=now)
        summary = _summary(session, sign_ins)
        uow.note(None, "demo:fill", "installation", 1, at=now, families=families)
        uow.commit()
    tell("done", 1.0)
    return summary


def _put_world(session: Session, world: World) -> Ids:
    units = _ids(session, Unit, "code")
    put(session, table_of(Donor), [donor_row(donor, units, world.today) for donor in world.donors])
    put(session, table_of(Household), [household_row(family, units) for family in world.families])
    cases = _ids(session, Household, "case_code")
    households = {family.number: cases[family.case_code] for family in world.families}
    donors = _ids(session, Donor, "code")
    offers = [*world.offers, *world.past.offers]
    put(session, table_of(Offer), [offer_row(offer, world.past, units, donors, households) for offer in offers])
    put(session, table_of(Need), [need_row(need, units, households) for need in [*world.needs, *world.past.needs]])
    return Ids(units, donors, households, _ids(session, Offer, "code"), _ids(session, Need, "code"))


def _ids(session: Session, model: Any, code: str) -> dict[str, int]:
    table: Table = table_of(model)
    return {row[0]: row[1] for row in session.execute(select(table.c[code], table.c.id))}


def _accounts(uow: UnitOfWork, world: World, ids: Ids, password: str, now: datetime) -> tuple[SignIn, ...]:
    base = _busiest_unit(world)
    own = next((f for f in world.families if f.unit_code == base), world.families[0])
    donors = {donor.name: donor.code for donor in world.donors}
    charity, enterprise = donors[CHARITY_1], donors[ENTERPRISE_1]
    places: list[tuple[str, Role, str, str, dict[str, int]]] = [
        ("city", Role.CITY, "任敏", "JZ", {"unit_id": ids.units["JZ"]}),
        ("county-410802", Role.CASEWORKER, "方静", "JZ-410802", {"unit_id": ids.units["JZ-410802"]}),
        ("county-410823", Role.CASEWORKER, "周敏", COUNTY, {"unit_id": ids.units[COUNTY]}),
        ("review-410823", Role.REVIEWER, "贺建平", COUNTY, {"unit_id": ids.units[COUNTY]}),
        ("grassroots-1", Role.CASEWORKER, "魏芳", base, {"unit_id": ids.units[base]}),
        ("contact-1", Role.CONTACT, "陆平", base, {"unit_id": ids.units[base]}),
        ("worker-1", Role.WORKER, own.head_name, own.case_code, {"household_id": ids.households[own.number]}),
        ("finance", Role.FINANCE, "常莉", "JZ", {"unit_id": ids.units["JZ"]}),
        ("auditor", Role.AUDITOR, "石磊", "JZ", {"unit_id": ids.units["JZ"]}),
        ("charity-1", Role.CHARITY, "江宁", CHARITY_1, {"donor_id": ids.donors[charity]}),
        ("enterprise-1", Role.ENTERPRISE, "傅强", ENTERPRISE_1, {"donor_id": ids.donors[enterprise]}),
        ("sysadmin", Role.SYSADMIN, "袁凯", "JZ", {"unit_id": ids.units["JZ"]}),
        ("secadmin", Role.SECADMIN, "毛琳", "JZ", {"unit_id": ids.units["JZ"]}),
        ("auditadmin", Role.AUDITADMIN, "顾晨", "JZ", {"unit_id": ids.units["JZ"]}),
    ]
    made = []
    for username, role, name, place, where in places:
        secret = password or fresh_password()
        create_account(
            username=username,
            role=role,
            password=secret,
            display_name=name,
            is_demo=True,
            by=None,
            uow=InnerUnitOfWork(uow),
            now=now,
            **where,
        )
        made.append(SignIn(username=username, password=secret, role=role, place=place))
    give_families_to_contact(uow.session, _account_id(uow.session, "contact-1"), ids.units[base], now)
    return tuple(made)


def _busiest_unit(world: World) -> str:
    """The grassroots union of the county with the most open needs: the account there has something to see."""
    open_needs = Counter(n.unit_code for n in world.needs if n.status is NeedStatus.OPEN)
    below = [
        unit.code
        for unit in reference.network()
        if unit.parent_code == COUNTY and unit.level is UnitLevel.GRASSROOTS and not unit.sector
    ]
    return max(below, key=lambda code: (open_needs[code], code))


def _account_id(session: Session, username: str) -> int:
    return int(session.execute(select(col(Account.id)).where(col(Account.username) == username)).scalar_one() or 0)


def _put_season(session: Session, world: World, ids: Ids) -> None:
    """The run of last season with its proposals, steps and deliveries."""
    past = world.past
    deciders: Deciders = {
        (Role.CASEWORKER, "JZ-410802"): _account_id(session, "county-410802"),
        (Role.CASEWORKER, COUNTY): _account_id(session, "county-410823"),
        (Role.REVIEWER, COUNTY): _account_id(session, "review-410823"),
    }
    city = season_rows.run_row(world, ids.units["JZ"], _account_id(session, "city"))
    run_id = int(session.execute(insert(MatchRun).values(**city).returning(col(MatchRun.id))).scalar_one() or 0)
    homes = {need.code: ids.units[need.unit_code] for need in past.needs}
    ranked = list(enumerate(sorted(past.helps, key=lambda h: (-h.score, h.need)), 1))
    rows = [
        season_rows.proposal_row(help_, rank, run_id, ids, homes[help_.need], deciders, past.ran_on)
        for rank, help_ in ranked
    ]
    put(session, table_of(Proposal), rows)
    by_need = {need: id_ for id_, need in session.execute(select(col(Proposal.id), col(Proposal.need_id)))}
    rng = Random(world.seed)
    steps, deliveries = [], []
    for rank, help_ in ranked:
        proposal_id = by_need[ids.needs[help_.need]]
        steps += season_rows.step_rows(help_, proposal_id, rank, deciders)
        deliveries.append(season_rows.delivery_row(help_, proposal_id, ids, homes[help_.need], deciders, rng))
    put(session, table_of(ProposalStep), steps)
    put(session, table_of(Delivery), deliveries)


def _summary(session: Session, sign_ins: tuple[SignIn, ...]) -> DemoSummary:
    def count(model: Any, *where: Any) -> int:
        return int(session.execute(select(func.count()).select_from(model).where(*where)).scalar_one())

    in_need = select(func.count(col(Need.household_id).distinct())).where(col(Need.status) == NeedStatus.OPEN)
    kinds = select(func.count(col(Need.category).distinct())).where(col(Need.status) == NeedStatus.OPEN)
    return DemoSummary(
        divisions=count(Division),
        unions=count(Unit),
        families=count(Household),
        families_on_file=count(Household, col(Household.file_status) == FileStatus.ACTIVE),
        families_in_need=int(session.execute(in_need).scalar_one()),
        open_needs=count(Need, col(Need.status) == NeedStatus.OPEN),
        categories=int(session.execute(kinds).scalar_one()),
        organisations=count(Donor),
        offers=count(Offer),
        open_offers=count(Offer, col(Offer.status) == OfferStatus.OPEN),
        helped_last_season=count(Delivery, col(Delivery.delivered_on).is_not(None)),
        waiting_for_delivery=count(Delivery, col(Delivery.delivered_on).is_(None)),
        sign_ins=sign_ins,
    )
