"""A family's file in the words of its acts: who they are, what they write, and the steps to a state."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from matcher.domain.file_terms import CheckResult, FileState, Section
from matcher.domain.terms import Role, UnitLevel
from matcher.store.session import Database
from matcher.store.tables import HardshipFile, Household
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import file_evidence, file_reviews, file_visits, filing
from matcher.usecases.contacts import assign_contact
from seeds.reference import file_rules
from tests.factories import NOW, a_county, a_unit, an_actor

WANG = "410823196503121528"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WRITTEN: dict[Section, dict[str, Any]] = {
    Section.PERSON: {
        "name": "王秀兰", "id_card": WANG, "phone": "19900004321", "township": "木城街道",
        "address": "木城街道桂花巷九号", "gender": "female", "marriage": "married",
    },
    Section.WORK: {"work_state": "laid_off", "is_member": True, "employer": "怀川纺织"},
    Section.HEALTH: {"health": "good", "housing": "self_built", "floor_area": "to_50"},
    Section.MEMBERS: {"members": [
        {"name": "赵大勇", "relation": "spouse", "health": "cancer", "work_state": "sick_leave"},
        {"name": "赵小满", "relation": "child", "health": "good", "work_state": "student"},
    ]},
    Section.MONEY: {"income_year": 2_700_000, "is_aided": False, "hardship_year": 900_000},
    Section.CAUSE: {"main_cause": "6", "other_causes": ["9"], "situation": "3 口，丈夫重病"},
    Section.BANK: {"payout": "bank_card", "bank": "武陟农商行", "consent": ["charity"], "has_authorised": True,
                   "has_consented": True},
}  # fmt: skip
VISIT = {"who_was_met": "本人和丈夫", "living_seen": "家具陈旧，药费单据齐全", "needs": "药费、孩子学费"}
LONG_AFTER = NOW + timedelta(days=10)
RULES = file_rules(date(2019, 1, 9))


class Filing:
    """One county with a grassroots union, its people, and the city above."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            self.county = a_county(session)
            self.grassroots = a_unit(
                session, parent=self.county, level=UnitLevel.GRASSROOTS, name="怀川纺织工会", short_name="怀川纺织"
            )
            self.other_county = a_county(session, "410825", name="温县总工会", short_name="温县")
            self.clerk = an_actor(session, unit=self.grassroots)
            self.chair = an_actor(session, unit=self.grassroots)
            self.contact = an_actor(session, Role.CONTACT, unit=self.grassroots)
            self.reviewer = an_actor(session, Role.REVIEWER, unit=self.county)
            self.county_clerk = an_actor(session, unit=self.county)
            self.city = an_actor(session, Role.CITY)
            self.other_clerk = an_actor(session, unit=self.other_county)
            session.commit()

    @property
    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.database)

    def file(self, file_id: int) -> HardshipFile:
        with self.database.read() as session:
            return session.get_one(HardshipFile, file_id)

    def draft(self, by: Any = None, **person: Any) -> int:
        values = {**WRITTEN[Section.PERSON], **person}
        file_id = filing.open_hardship_file(values, by=by or self.clerk, uow=self.uow, now=NOW).id
        with self.database.read() as session:
            family = session.get_one(Household, session.get_one(HardshipFile, file_id).household_id)
        if family.unit_id == self.grassroots.id and family.contact_account_id is None:
            assign_contact(family.id, self.contact.account_id, by=self.clerk, uow=self.uow, now=NOW)
        return file_id

    def fill(self, file_id: int, by: Any = None, **changes: dict[str, Any]) -> None:
        by = by or self.clerk
        for section in list(Section)[1:]:
            values = WRITTEN[section] | changes.get(section.value, {})
            filing.save_section(file_id, section, values, seen_revision=0, by=by, uow=self.uow, now=NOW)
        for kind in filing.NEEDED:
            file_evidence.add_evidence(file_id, kind, "材料.png", PNG, by=by, uow=self.uow, now=NOW)

    def submit(self, file_id: int, by: Any = None, now: datetime = NOW) -> None:
        version = self.file(file_id).version
        filing.submit_file(file_id, seen_version=version, by=by or self.clerk, uow=self.uow, now=now, rules=RULES)

    def passes(self, file_id: int, by: Any, now: datetime = NOW) -> None:
        version = self.file(file_id).version
        file_reviews.pass_file(file_id, seen_version=version, by=by, uow=self.uow, now=now, rules=RULES)

    def visit(self, file_id: int, first: Any = None, second: Any = None) -> None:
        by, second = first or self.clerk, second or self.contact
        file_visits.record_visit(file_id, date(2019, 1, 9), VISIT, by=by, uow=self.uow, now=NOW)
        version = self.file(file_id).version
        file_visits.sign_visit(file_id, seen_version=version, by=second, uow=self.uow, now=NOW)

    def check(self, file_id: int, by: Any = None) -> None:
        version = self.file(file_id).version
        file_reviews.record_check(
            file_id, CheckResult.AGREES, "", seen_version=version, by=by or self.reviewer, uow=self.uow, now=NOW,
            rules=RULES,
        )  # fmt: skip

    def to(self, state: FileState, **person: Any) -> int:
        """A file that was led to a state by the usual people."""
        file_id = self.draft(**person)
        steps = [
            (FileState.FIRST_REVIEW, lambda: (self.fill(file_id), self.submit(file_id))),
            (FileState.VISIT, lambda: self.passes(file_id, self.chair)),
            (FileState.CHECK, lambda: self.visit(file_id)),
            (FileState.NOTICE, lambda: self.check(file_id)),
            (FileState.CITY_REVIEW, lambda: self.passes(file_id, self.reviewer, LONG_AFTER)),
            (FileState.ACTIVE, lambda: self.passes(file_id, self.city, LONG_AFTER)),
        ]
        for reached, step in steps:
            if state in (FileState.DRAFT, self.file(file_id).state):
                break
            step()
            assert self.file(file_id).state is reached
        return file_id


def at(day: int, hour: int = 1) -> datetime:
    """A moment of January 2019."""
    return datetime(2019, 1, day, hour, tzinfo=UTC)
