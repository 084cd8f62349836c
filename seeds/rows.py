"""Records of the invented world as rows of the store's tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from matcher.clock import SHANGHAI
from matcher.domain.terms import FileStatus, NeedStatus, OfferStatus
from matcher.store.crypto import keyring
from matcher.usecases.households import CARD_PURPOSE, ID_PURPOSE
from seeds.donors import DonorRecord
from seeds.history import PastSeason
from seeds.needs import NeedRecord
from seeds.offers import OfferRecord
from seeds.people import Family


@dataclass(frozen=True, slots=True)
class Ids:
    """Row ids by code: units, donors, offers, needs; households by the number of the family."""

    units: Mapping[str, int]
    donors: Mapping[str, int]
    households: Mapping[int, int]
    offers: Mapping[str, int]
    needs: Mapping[str, int]


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a business day as people in the office know it, in UTC."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


def stamped(day: date, **values: Any) -> dict[str, Any]:
    at = moment(day)
    return {"version": 1, "created_at": at, "updated_at": at, **values}


def codes(values: Any) -> list[str]:
    """Codes of a set or list as text, sets in a fixed order."""
    return [v.value for v in values] if isinstance(values, list) else sorted(v.value for v in values)


def household_row(family: Family, units: Mapping[str, int]) -> dict[str, Any]:
    ring = keyring()
    return stamped(
        family.registered_on,
        case_code=family.case_code,
        unit_id=units[family.unit_code],
        division_code=family.division,
        township=family.township,
        head_name=family.head_name,
        id_card=family.id_card,
        id_card_index=ring.index(family.id_card, ID_PURPOSE),
        phone=family.phone,
        address=family.address,
        diagnosis=family.diagnosis,
        bank_card=family.bank_card,
        bank_card_index=ring.index(family.bank_card, CARD_PURPOSE) if family.bank_card else None,
        size=family.kin.size,
        situation=family.situation,
        hardship_class=family.hardship_class,
        file_status=family.file_status,
        file_level=family.file_level,
        file_number=family.file_number,
        file_approved_on=family.approved_on if family.file_status is FileStatus.ACTIVE else None,
        causes=codes(family.causes),
        groups=codes(family.groups),
        consent=codes(family.consent),
        is_member=family.is_member,
        is_real_name=family.is_real_name,
        is_excluded=family.is_excluded,
        is_stopped=family.is_stopped,
        relation_months=family.relation_months,
        payout=family.payout,
        contact_account_id=None,
    )


def donor_row(donor: DonorRecord, units: Mapping[str, int], today: date) -> dict[str, Any]:
    return stamped(
        date(today.year - 1, 9, 1),
        code=donor.code,
        name=donor.name,
        donor_type=donor.donor_type,
        uscc=None,
        unit_id=units[donor.unit_code],
        division_code=donor.division,
        status=donor.status,
        contact_name=None,
        contact_phone=None,
    )


def need_row(need: NeedRecord, units: Mapping[str, int], households: Mapping[int, int]) -> dict[str, Any]:
    met = need.quantity if need.status is NeedStatus.MET else 0
    promised = need.quantity if need.status in (NeedStatus.MET, NeedStatus.PROMISED) else 0
    return stamped(
        need.created_on,
        code=need.code,
        household_id=households[need.family],
        unit_id=units[need.unit_code],
        category=need.category,
        tier=need.tier,
        duty=need.duty,
        title=need.title,
        text=need.text,
        story=need.text,
        division_code=need.division,
        quantity=need.quantity,
        unit=need.unit,
        is_divisible=need.is_divisible,
        promised=promised,
        met=met,
        urgency=need.urgency,
        created_on=need.created_on,
        deadline=need.deadline,
        status=need.status,
        self_paid_left=need.self_paid_left,
        age=need.age,
        school_stage=need.school_stage,
        route_from=need.route_from,
        route_to=need.route_to,
    )


def offer_row(
    offer: OfferRecord,
    past: PastSeason,
    units: Mapping[str, int],
    donors: Mapping[str, int],
    households: Mapping[int, int],
) -> dict[str, Any]:
    helps = [h for h in past.helps if h.offer == offer.code]
    reserved = sum(h.quantity for h in helps)
    delivered = sum(h.quantity for h in helps if h.delivered_on)
    is_vetted = offer.status in (OfferStatus.OPEN, OfferStatus.CLOSED)
    return stamped(
        min(offer.valid_from, past.ran_on) if helps else past.ran_on,
        code=offer.code,
        donor_id=donors[offer.donor],
        unit_id=units[offer.unit_code],
        title=offer.title,
        text=offer.text,
        category=offer.category,
        regions=list(offer.regions),
        quantity=offer.quantity,
        unit=offer.unit,
        reserved=reserved,
        delivered=delivered,
        per_case_min=offer.per_case_min,
        per_case_max=offer.per_case_max,
        cap_per_household_year=offer.cap_per_household_year,
        valid_from=offer.valid_from,
        valid_to=offer.valid_to,
        shelf_life_until=offer.shelf_life_until,
        fund_source=offer.fund_source,
        requires_file=False,
        payout=offer.payout,
        hand_over=offer.hand_over,
        eligible_groups=codes(offer.eligible_groups),
        excluded_households=sorted(households[number] for number in offer.excluded),
        school_stages=codes(offer.school_stages),
        age_min=offer.age_min,
        age_max=offer.age_max,
        route_from=offer.route_from,
        route_to=offer.route_to,
        issuing_unit_id=units[offer.issuing_unit] if offer.issuing_unit else None,
        intention=offer.intention,
        unit_value_fen=offer.unit_value_fen,
        status=offer.status,
        vetted_by=None,
        vetted_at=moment(past.ran_on) if is_vetted else None,
    )


def plain(values: Mapping[StrEnum, int]) -> dict[str, int]:
    return {code.value: number for code, number in values.items()}
