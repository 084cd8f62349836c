"""A county planted with words that nobody elsewhere may ever read: one canary in every field that holds text."""

import itertools
import json
import zlib
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from matcher.domain.file_terms import (
    EvidenceKind,
    FileAct,
    FileImportState,
    FileState,
    FilingReason,
    KeyKind,
    Scheme,
    Section,
)
from matcher.domain.network_terms import (
    Entitlement,
    EntitlementState,
    ReferralAct,
    ReferralReason,
    ReferralStatus,
    ReferralWay,
)
from matcher.domain.retention import ErasureCause, ErasureState
from matcher.domain.rights import RightsKind
from matcher.domain.terms import (
    ContactOutcome,
    DeliveryStatus,
    DutyKind,
    HardshipClass,
    ImportKind,
    ProposalAction,
    ProposalStatus,
    Role,
    Tier,
    TierReason,
    UnitLevel,
)
from matcher.domain.visit_terms import EnterpriseDifficulty, StationService, VisitGroup
from matcher.store.tables import (
    Account,
    ContactAssignment,
    ContactNote,
    Delivery,
    DuplicateCase,
    EnterpriseVisit,
    EntitlementCheck,
    Erasure,
    FileEvidence,
    FileImport,
    FileObjection,
    FileSection,
    FileStep,
    FileVisit,
    FilingTask,
    HardshipFile,
    ImportBatch,
    ImportHeading,
    Invitation,
    PlanMeasure,
    Proposal,
    ProposalStep,
    Referral,
    ReferralStep,
    RightsRequest,
    RosterEntry,
    SignIn,
    StationCount,
    TierStep,
    Unit,
)
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.filing import VISIT, WRITTEN

FAMILIES = 8


@dataclass
class County:
    """What was planted: the ids an address can name, by parameter, and every canary."""

    unit: Unit
    named: dict[str, Any]
    canaries: set[str] = field(default_factory=set)
    donor_id: int = 0
    household_id: int = 0


class Planter:
    """Makes canaries that occur nowhere else: 密east0001."""

    def __init__(self, session: Session, mark: str) -> None:
        self.session, self.mark = session, mark
        self.canaries: set[str] = set()
        self.numbers = itertools.count(1)

    def word(self) -> str:
        made = f"密{self.mark}{next(self.numbers):04d}"
        self.canaries.add(made)
        return made

    def words(self, *names: str) -> dict[str, str]:
        return {name: self.word() for name in names}

    def save(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


def plant_county(session: Session, division: str, mark: str) -> County:
    """A county union with a town, its people, donors and families, each with all that can be written about them."""
    p = Planter(session, mark)
    city = make.the_city(session)
    county = make.a_unit(session, parent=city, division_code=division, code=p.word(), **p.words("name", "short_name"))
    town = make.a_unit(
        session, parent=county, level=UnitLevel.GRASSROOTS, division_code=division, code=p.word(),
        **p.words("name", "short_name"),
    )  # fmt: skip
    staff = {role: _account(p, role, county) for role in (Role.CASEWORKER, Role.REVIEWER, Role.CONTACT)}
    donor, offer = _donor(p, county, division)
    run = make.a_run(session, unit=county)
    named: dict[str, Any] = {}
    for _ in range(FAMILIES):
        known, named = named, _family(p, town, county, staff, offer, run)
        named |= _file(p, named["household_id"], town, staff)
        named["request_id"] = _request(p, named["household_id"], staff).id
        if known:
            named |= {"case_id": _duplicate(p, named["file_id"], known["household_id"]).id}
    named["erasure_id"] = p.save(
        Erasure(
            household_id=named["household_id"], cause=ErasureCause.LEFT, state=ErasureState.HELD,
            held_until=TODAY + timedelta(days=9), announced_on=TODAY, erase_on=TODAY, created_at=NOW, updated_at=NOW,
            **p.words("note"),
        )
    ).id  # fmt: skip
    named["entry_id"] = p.save(
        RosterEntry(
            unit_id=town.id, visit_group=VisitGroup.MODEL, year=TODAY.year, created_at=NOW, updated_at=NOW,
            **p.words("name", "phone", "employer", "given"),
        )
    ).id  # fmt: skip
    p.save(
        StationCount(
            unit_id=town.id, on=TODAY, service=StationService.REST, people=40_213, created_at=NOW, updated_at=NOW
        )
    )
    named["visit_id"] = p.save(
        EnterpriseVisit(
            unit_id=town.id, difficulty=EnterpriseDifficulty.PRIVATE, visited_on=TODAY, created_at=NOW, updated_at=NOW,
            by_account_id=staff[Role.CASEWORKER].id,
            **p.words("enterprise", "operation", "causes", "resettlement", "policies", "given"),
        )
    ).id  # fmt: skip
    batch = p.save(
        ImportBatch(
            kind=ImportKind.NEEDS, account_id=staff[Role.CASEWORKER].id, unit_id=county.id, format="csv",
            fingerprint=p.word(), content=p.word(), created_at=NOW, expires_at=NOW + timedelta(hours=1),
        )
    )  # fmt: skip
    table = p.save(
        FileImport(
            state=FileImportState.CHECKED, account_id=staff[Role.CASEWORKER].id, unit_id=county.id, ending="csv",
            content=p.word(), counts={"rows": 1}, created_at=NOW, expires_at=NOW + timedelta(days=1),
            verdict=b64encode(zlib.compress(json.dumps({"unknown": [p.word()]}).encode())).decode(),
        )
    )  # fmt: skip
    p.save(
        ImportHeading(
            unit_id=county.id, heading=p.word(), column="phone", by_account_id=staff[Role.CASEWORKER].id, at=NOW
        )
    )
    key = p.word() + "-" * 16
    p.save(
        SignIn(
            token_hash=key, account_id=staff[Role.CASEWORKER].id, started_at=NOW, seen_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
    )  # fmt: skip
    invitation = p.save(
        Invitation(
            token_hash=p.word(), role=Role.CONTACT, display_name=p.word(), unit_id=town.id, created_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
    )  # fmt: skip
    named |= {
        "offer_id": offer.id, "run_id": run.id, "batch_id": batch.id, "import_id": table.id, "unit_id": town.id,
        "key": key[:16],
        "invitation_id": invitation.id, "account_id": staff[Role.CONTACT].id, "username": staff[Role.CONTACT].username,
    }  # fmt: skip
    return County(county, named, p.canaries, donor.id or 0, named["household_id"])


def _account(p: Planter, role: Role, unit: Unit) -> Account:
    return make.an_account(p.session, role, unit=unit, **p.words("username", "display_name"))


def _donor(p: Planter, county: Unit, division: str) -> tuple[Any, Any]:
    donor = make.a_donor(
        p.session, unit=county, division_code=division, **p.words("code", "name", "contact_name", "contact_phone")
    )
    for _ in range(3):
        offer = make.an_offer(
            p.session, donor=donor, regions=[division], **p.words("code", "title", "text", "route_from", "route_to")
        )
    return donor, offer


def _family(p: Planter, town: Unit, county: Unit, staff: dict[Role, Account], offer: Any, run: Any) -> dict[str, Any]:
    by, contact = staff[Role.CASEWORKER].id, staff[Role.CONTACT].id
    family = make.a_household(
        p.session, unit=town,
        **p.words("case_code", "head_name", "id_card", "phone", "address", "diagnosis", "bank_card", "situation"),
        **p.words("township", "file_number"),
    )  # fmt: skip
    need = make.a_need(
        p.session, household=family, **p.words("code", "title", "text", "story", "route_from", "route_to")
    )
    proposal = make.a_proposal(p.session, need=need, offer=offer, run=run)
    done = make.a_proposal(
        p.session, need=make.a_need(p.session, household=family, **p.words("code", "title", "text")), offer=offer,
        run=run, status=ProposalStatus.CONFIRMED, decided_by=by, decided_at=NOW,
    )  # fmt: skip
    delivery = p.save(_delivery(p, done))
    p.save(
        ProposalStep(
            proposal_id=done.id, action=ProposalAction.CONFIRM, from_status=ProposalStatus.PROPOSED,
            to_status=ProposalStatus.CONFIRMED, quantity=1, note=p.word(), by_account_id=by, at=NOW,
        )
    )  # fmt: skip
    p.save(
        ContactNote(
            household_id=family.id, proposal_id=proposal.id, outcome=ContactOutcome.REACHED, note=p.word(),
            by_account_id=by, at=NOW,
        )
    )  # fmt: skip
    p.save(
        ContactAssignment(
            household_id=family.id, account_id=contact, unit_id=town.id, began_at=NOW, note=p.word(), by_account_id=by
        )
    )
    stamps = {"household_id": family.id, "created_at": NOW, "updated_at": NOW}
    measure = p.save(PlanMeasure(**stamps, **p.words("title", "outcome"), owner_id=contact, due_on=TODAY))
    p.save(
        EntitlementCheck(
            **stamps, entitlement=Entitlement.MEDICAL, state=EntitlementState.DUE, checked_on=TODAY, by_account_id=by
        )
    )
    p.save(TierStep(need_id=need.id, from_tier=Tier.T2, to_tier=Tier.T4, reason=TierReason.WRONG, at=NOW))
    p.save(FilingTask(**stamps, reason=FilingReason.LASTING, due_on=TODAY, note=p.word()))
    return {
        "household_id": family.id, "need_id": need.id, "proposal_id": proposal.id, "delivery_id": delivery.id,
        "measure_id": measure.id, "referral_id": _referral(p, need, town, county, by).id,
    }  # fmt: skip


def _file(p: Planter, household_id: int, town: Unit, staff: dict[Role, Account]) -> dict[str, Any]:
    """A hardship file shown in public, with everything that can be written in one."""
    by = staff[Role.CASEWORKER].id
    file = p.save(
        HardshipFile(
            household_id=household_id, unit_id=town.id, state=FileState.NOTICE, opened_by=by, submitted_on=TODAY,
            scheme=Scheme.S2020, computed_class=HardshipClass.RELATIVE, chosen_class=HardshipClass.RELATIVE,
            notice_token=p.word(), notice_from=TODAY, notice_until=TODAY + timedelta(days=5), created_at=NOW,
            updated_at=NOW,
        )
    )  # fmt: skip
    for section in Section:
        told = {name: p.word() if _is_free(name, value) else value for name, value in WRITTEN[section].items()}
        p.save(
            FileSection(
                file_id=file.id, section=section, revision=1, content=json.dumps(told), by_account_id=by, at=NOW
            )
        )
    p.save(
        FileStep(
            file_id=file.id, act=FileAct.SUBMIT, from_state=FileState.DRAFT, to_state=FileState.FIRST_REVIEW,
            by_account_id=by, unit_id=town.id, at=NOW, note=p.word(),
        )
    )  # fmt: skip
    paper = p.save(
        FileEvidence(
            file_id=file.id, kind=EvidenceKind.IDENTITY, media_type="image/png", size=1, name=p.word(),
            content=b64encode(p.word().encode()).decode(), by_account_id=by, at=NOW,
        )
    )  # fmt: skip
    found = {name: p.word() if _is_free(name, value) else value for name, value in VISIT.items()}
    p.save(FileVisit(file_id=file.id, visited_on=TODAY, findings=json.dumps(found), first_account_id=by, at=NOW))
    objection = p.save(FileObjection(file_id=file.id, told_at=NOW, **p.words("text", "contact")))
    return {"file_id": file.id, "paper_id": paper.id, "objection_id": objection.id}


def _is_free(name: str, value: Any) -> bool:
    """Whether anything may be written there: neither a code nor a number."""
    return isinstance(value, str) and any(sign >= "\u4e00" for sign in value)


def _duplicate(p: Planter, file_id: int, other_household_id: int) -> DuplicateCase:
    row = DuplicateCase(file_id=file_id, other_household_id=other_household_id, kind=KeyKind.CARD, found_at=NOW)
    return p.save(row)


def _request(p: Planter, household_id: int, staff: dict[Role, Account]) -> RightsRequest:
    return p.save(
        RightsRequest(
            household_id=household_id, kind=RightsKind.EXPLAIN, asked_by=staff[Role.CASEWORKER].id, due_on=TODAY,
            created_at=NOW, updated_at=NOW, **p.words("text", "answer"),
        )
    )  # fmt: skip


def _delivery(p: Planter, proposal: Proposal) -> Delivery:
    return Delivery(
        proposal_id=proposal.id, household_id=proposal.household_id, need_id=proposal.need_id,
        offer_id=proposal.offer_id, unit_id=proposal.unit_id, quantity=1, unit="份", handler=p.word(),
        tier=Tier.T2, duty=DutyKind.SERVICE, status=DeliveryStatus.DELIVERED, confirmed_on=TODAY, delivered_on=TODAY,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def _referral(p: Planter, need: Any, town: Unit, county: Unit, by: int | None) -> Referral:
    row = p.save(
        Referral(
            need_id=need.id, from_unit_id=town.id, to_unit_id=county.id, way=ReferralWay.UP, note=p.word(), rules="x",
            reason=ReferralReason.BEYOND_MEANS, status=ReferralStatus.SENT, due_at=NOW, sent_at=NOW, created_at=NOW,
            updated_at=NOW,
        )
    )  # fmt: skip
    p.save(
        ReferralStep(
            referral_id=row.id, action=ReferralAct.SEND, unit_id=town.id, note=p.word(), by_account_id=by, at=NOW
        )
    )
    return row
