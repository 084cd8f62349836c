"""Hardship files of the demo in every state, led there by the same use cases as in real life."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.file_terms import CheckResult, FileReturnReason, FileState, ObjectionState, Section
from matcher.domain.terms import FileStatus
from matcher.store.crypto import keyring
from matcher.store.tables import Account, FileObjection, HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import contacts, file_evidence, file_reviews, file_visits, filing
from matcher.usecases.file_case import latest_sections
from matcher.usecases.households import ID_PURPOSE, next_case_code
from matcher.usecases.inner import InnerUnitOfWork
from seeds import reference
from seeds.people import Family
from seeds.rows import Ids
from seeds.world import World

ORDER = (
    FileState.DRAFT, FileState.FIRST_REVIEW, FileState.VISIT, FileState.CHECK, FileState.NOTICE, FileState.CITY_REVIEW,
    FileState.ACTIVE,
)  # fmt: skip
STORIES: tuple[tuple[FileState, int], ...] = (
    (FileState.DRAFT, 0),
    (FileState.RETURNED, 4),
    (FileState.FIRST_REVIEW, 1),
    (FileState.FIRST_REVIEW, 2),
    (FileState.VISIT, 5),
    (FileState.CHECK, 6),
    (FileState.NOTICE, 3),
    (FileState.NOTICE, 12),
    (FileState.CITY_REVIEW, 16),
    (FileState.ACTIVE, 40),
    (FileState.ACTIVE, 350),
)
"""Where each file stands, and how many days ago it was sent in."""
SPOUSES = ("赵大勇", "孙春梅", "李国强", "周玉兰", "吴建军", "郑秀英")
VISIT = {
    "who_was_met": "本人和家里人", "housing_seen": "自建房两间，屋顶有渗水", "living_seen": "家具陈旧，药费单据齐全",
    "differs": "没有", "needs": "药费和孩子学费",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """Who leads the files: the one who fills them in, those who review, the second visitor."""

    clerk: Actor
    contact: Actor
    county: Actor
    reviewer: Actor
    city: Actor
    elsewhere: Actor


def put_files(uow: UnitOfWork, world: World, ids: Ids, unit_code: str, *, now: datetime) -> int:
    """Files of families of one grassroots union in every state, and one of them begun a second time in another
    county. Returns how many."""
    people = _people(uow)
    families = [f for f in world.families if f.unit_code == unit_code and f.file_status is FileStatus.NONE]
    led = 0
    for (state, days_ago), family in zip(STORIES, families, strict=False):
        _Story(uow, family, ids.households[family.number], people, now - timedelta(days=days_ago), now).lead(state)
        led += 1
    if families:
        _begin_elsewhere(uow, families[0], people.elsewhere, now)
    return led


def _begin_elsewhere(uow: UnitOfWork, family: Family, by: Actor, now: datetime) -> None:
    """The same head, registered in another county too: a question for the city."""
    unit = uow.get(Unit, by.unit_id)
    row = Household(
        case_code=next_case_code(uow, unit.short_name), unit_id=unit.id or 0, division_code=unit.division_code or "",
        head_name=family.head_name, id_card=family.id_card, id_card_index=keyring().index(family.id_card, ID_PURPOSE),
        phone=family.phone, size=family.kin.size, created_at=now, updated_at=now,
    )  # fmt: skip
    uow.add(row)
    person = {"name": family.head_name, "id_card": family.id_card}
    filing.open_hardship_file(person, household_id=row.id, by=by, uow=InnerUnitOfWork(uow), now=now)


def _people(uow: UnitOfWork) -> People:
    def actor(username: str) -> Actor:
        account = uow.session.exec(select(Account).where(col(Account.username) == username)).one()
        home = uow.get(Unit, account.unit_id)
        return Actor(account_id=account.id or 0, role=account.role, unit_id=home.id, unit_path=home.path)

    names = ("grassroots-1", "contact-1", "county-410823", "review-410823", "city", "county-410802")
    return People(*map(actor, names))


@dataclass(slots=True)
class _Story:
    """One file, led step by step; each step a few hours or days after the one before."""

    uow: UnitOfWork
    family: Family
    household_id: int
    people: People
    at: datetime
    now: datetime
    file_id: int = 0

    def lead(self, state: FileState) -> None:
        self.open()
        if state is FileState.DRAFT:
            return self.fill((Section.WORK, Section.HEALTH))
        self.fill(tuple(Section)[1:])
        self.submit()
        steps = [self.first, self.visit, self.check, self.county, self.city]
        reached = ORDER.index(state) if state in ORDER else 1
        for step in steps[: reached - 1]:
            step()
        if state is FileState.RETURNED:
            self.give_back()
        return None

    @property
    def inner(self) -> UnitOfWork:
        return InnerUnitOfWork(self.uow)

    @property
    def version(self) -> int:
        return self.uow.get(HardshipFile, self.file_id).version

    def waits(self, **time: int) -> datetime:
        self.at = min(self.at + timedelta(**time), self.now)
        return self.at

    def rules(self) -> Any:
        return reference.file_rules(business_date(self.at))

    def open(self) -> None:
        values = written(self.family)[Section.PERSON]
        self.file_id = filing.open_hardship_file(
            values, household_id=self.household_id, by=self.people.clerk, uow=self.inner, now=self.at
        ).id

    def fill(self, sections: tuple[Section, ...]) -> None:
        told = written(self.family)
        known = latest_sections(self.uow, self.file_id)  # the short registration filled some in
        for section in sections:
            seen = known[section].revision if section in known else 0
            filing.save_section(
                self.file_id, section, told[section], seen_revision=seen, by=self.people.clerk, uow=self.inner,
                now=self.at,
            )  # fmt: skip

    def submit(self) -> None:
        for kind in filing.NEEDED:
            file_evidence.add_evidence(
                self.file_id, kind, "扫描件.png", SHEET, by=self.people.clerk, uow=self.inner, now=self.at
            )
        filing.submit_file(
            self.file_id, seen_version=self.version, by=self.people.clerk, uow=self.inner, now=self.waits(hours=1),
            rules=self.rules(),
        )  # fmt: skip

    def passes(self, by: Actor, **time: int) -> None:
        file_reviews.pass_file(
            self.file_id, seen_version=self.version, by=by, uow=self.inner, now=self.waits(**time), rules=self.rules()
        )

    def first(self) -> None:
        self.passes(self.people.county, hours=5)

    def visit(self) -> None:
        contacts.assign_contact(
            self.household_id, self.people.contact.account_id, by=self.people.clerk, uow=self.inner, now=self.at
        )
        day = business_date(self.waits(hours=20))
        file_visits.record_visit(self.file_id, day, VISIT, by=self.people.clerk, uow=self.inner, now=self.at)
        file_visits.sign_visit(
            self.file_id, seen_version=self.version, by=self.people.contact, uow=self.inner, now=self.waits(hours=1)
        )

    def check(self) -> None:
        file_reviews.record_check(
            self.file_id, CheckResult.AGREES, "", seen_version=self.version, by=self.people.reviewer, uow=self.inner,
            now=self.waits(hours=20), rules=self.rules(),
        )  # fmt: skip
        file = self.uow.get(HardshipFile, self.file_id)
        if self.now - self.at > timedelta(days=8) and file.notice_token:
            text = "听说这家在城里另有一套门面房，请核实。"
            file_visits.object_to_notice(file.notice_token, text, "", uow=self.inner, now=self.waits(days=2))

    def county(self) -> None:
        self.waits(days=9)
        query = select(FileObjection).where(FileObjection.file_id == self.file_id)
        for objection in self.uow.session.exec(query).all():
            file_visits.answer_objection(
                self.file_id, objection.id or 0, ObjectionState.DISMISSED, "门面房的主人是同名的另一位。",
                by=self.people.reviewer, uow=self.inner, now=self.at,
            )  # fmt: skip
        self.passes(self.people.reviewer, hours=2)

    def city(self) -> None:
        self.passes(self.people.city, hours=26)

    def give_back(self) -> None:
        file_reviews.return_file(
            self.file_id, FileReturnReason.PAPERS_MISSING, "请补诊断证明和今年的药费单据。", seen_version=self.version,
            by=self.people.county, uow=self.inner, now=self.waits(hours=6),
        )  # fmt: skip


def written(family: Family) -> Mapping[Section, dict[str, Any]]:
    """What the family's file says, step by step. Amounts in 分."""
    kin, people = family.kin, max(family.kin.size, 1)
    head, spouse = family.head_name, SPOUSES[family.number % len(SPOUSES)]
    members: list[dict[str, Any]] = []
    if kin.spouse:
        ill = kin.ill == "spouse"
        state = "sick_leave" if ill else "jobless"
        members.append(
            {"name": spouse, "relation": "spouse", "health": "stroke" if ill else "good", "work_state": state}
        )
    child = "grandchild" if kin.grand else "child"
    members += [
        {"name": f"{head[0]}小{'一二三四五六'[n % 6]}", "relation": child, "health": "good", "work_state": "student"}
        for n in range(len(kin.children))
    ]
    if kin.elder:
        members.append({"name": f"{head[0]}长福", "relation": "parent", "health": "hypertension", "work_state": "none"})
    months = people * 12 * 100
    causes = [cause.value for cause in family.causes] or ["6"]
    return {
        Section.PERSON: {
            "name": head, "id_card": family.id_card, "phone": family.phone, "township": family.township,
            "address": family.address, "gender": "male" if int(family.id_card[16]) % 2 else "female",
        },
        Section.WORK: {"work_state": "laid_off", "is_member": True, "employer": "怀川纺织", "relation_months": 60},
        Section.HEALTH: {
            "health": "heart" if kin.ill == "self" else "good", "diagnosis": family.diagnosis, "housing": "self_built",
            "floor_area": "to_70", "is_insured": True,
        },
        Section.MEMBERS: {"members": members},
        Section.MONEY: {
            "income_year": months * 690, "is_aided": False, "months_below": 0, "hardship_year": months * 240,
            "exclusions": [],
        },
        Section.CAUSE: {
            "main_cause": "6", "other_causes": [code for code in causes if code != "6"][:3],
            "situation": family.situation,
        },
        Section.BANK: {
            "payout": family.payout.value if family.payout else "bank_card", "bank_card": family.bank_card,
            "consent": sorted(kind.value for kind in family.consent), "has_authorised": True, "has_consented": True,
        },
    }  # fmt: skip


def _sheet(width: int = 210, height: int = 297) -> bytes:
    """A blank sheet of paper as a PNG: what stands for a scan in the demo."""

    def part(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = (b"\x00" + b"\xff" * -(-width // 8)) * height
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")


SHEET = _sheet()
