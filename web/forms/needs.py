"""Forms about needs and families, and the filters of their lists."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from matcher.domain.kinds import ALL_UNITS, usual_unit
from matcher.domain.terms import (
    Category,
    Cause,
    DeclineReason,
    DonorType,
    FileLevel,
    Group,
    HardshipClass,
    NeedStatus,
    PayoutChannel,
    SchoolStage,
    Tier,
)
from matcher.store.queries.needs import NeedDetail, NeedFilter, Sort
from matcher.usecases.household_input import HouseholdInput
from matcher.usecases.need_input import NeedInput
from web.forms.reading import Told
from web.labels import label

UNITS = ALL_UNITS
NEED_ORDER = (
    "case_code", "story", "category", "quantity", "unit", "urgency", "deadline", "divisible", "self_paid_left",
    "school_stage", "age", "tier", "route_from", "route_to", "title",
)  # fmt: skip
HOUSEHOLD_ORDER = (
    "head_name", "phone", "id_card", "is_real_name", "unit_id", "township", "size", "address", "situation", "groups",
    "on_file", "hardship_class", "file_level", "file_approved_on", "file_number", "causes", "is_member", "payout",
    "bank_card", "consent",
)  # fmt: skip


def read_need(told: Told) -> NeedInput:
    """A need as the form tells it. A blank title is the category's name."""
    category = told.one("category", Category)
    urgency = told.whole("urgency")
    return NeedInput(
        story=told.text("story"),
        title=told.text("title") or (label(category, locale="zh") if category else ""),
        category=category,
        tier=told.one("tier", Tier),
        quantity=told.whole("quantity"),
        unit=told.text("unit") or (usual_unit(category) if category else ""),
        is_divisible=told.yes_no("divisible") is not False,
        urgency=3 if urgency is None else urgency,
        deadline=told.day("deadline"),
        self_paid_left=told.whole("self_paid_left", problem="not_negative"),
        age=told.whole("age", problem="age_range"),
        school_stage=told.one("school_stage", SchoolStage),
        route_from=told.text("route_from"),
        route_to=told.text("route_to"),
    )


def need_as_form(detail: NeedDetail) -> MultiDict[str, str]:
    """A stored need as the form would have sent it."""
    need = detail.need
    values: dict[str, Any] = {
        "case_code": detail.household["case_code"],
        "story": need["text"],
        "title": need["title"],
        "category": need["category"],
        "tier": need["tier"],
        "quantity": need["quantity"],
        "unit": need["unit"],
        "divisible": "yes" if need["is_divisible"] else "no",
        "urgency": need["urgency"],
        "deadline": need["deadline"].isoformat() if need["deadline"] else "",
        **{name: need[name] for name in ("self_paid_left", "age", "school_stage", "route_from", "route_to")},
    }
    return MultiDict({name: "" if value is None else str(value) for name, value in values.items()})


def urgencies() -> list[tuple[int, str]]:
    return [(5, _("特急")), (4, _("急")), (3, _("一般")), (2, _("不急")), (1, _("可缓"))]


def read_household(told: Told) -> HouseholdInput:
    """The head of a family's file as the form tells it. What is not ticked is not told."""
    return HouseholdInput(
        head_name=told.text("head_name"),
        id_card=told.text("id_card"),
        phone=told.text("phone"),
        township=told.text("township"),
        address=told.text("address"),
        size=told.whole("size", problem="size_range") if told.text("size") else None,
        situation=told.text("situation"),
        hardship_class=told.one("hardship_class", HardshipClass) or HardshipClass.NONE,
        on_file=told.yes_no("on_file") is True,
        file_level=told.one("file_level", FileLevel),
        file_number=told.text("file_number"),
        file_approved_on=told.day("file_approved_on"),
        causes=told.many("causes", Cause),
        groups=told.many("groups", Group),
        consent=told.many("consent", DonorType),
        is_member=told.yes_no("is_member"),
        is_real_name=told.yes_no("is_real_name"),
        payout=told.one("payout", PayoutChannel),
        bank_card=told.text("bank_card"),
    )


def read_filter(args: MultiDict[str, str]) -> NeedFilter:
    """The filters of the address bar; what is not understood is left out."""
    told = Told(args)
    status = told.text("status")
    urgency = told.whole("urgency")
    where = told.text("where")
    unit, _slash, township = where.partition("/")
    return NeedFilter(
        status=None if status == "all" else told.one("status", NeedStatus) or NeedStatus.OPEN,
        category=told.one("category", Category),
        urgency=urgency if urgency in (1, 2, 3, 4, 5) else None,
        unit_id=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
        township=township[:40],
        text=told.text("q")[:40],
        sort=told.one("sort", Sort) or Sort.URGENT,
        page=min(max(told.whole("page") or 1, 1), 100_000),
    )


def filter_query(wanted: NeedFilter, **changes: Any) -> str:
    """The filters as a query string, some of them changed; blank ones are left out."""
    values: dict[str, Any] = {
        "status": "all" if wanted.status is None else "" if wanted.status is NeedStatus.OPEN else wanted.status,
        "category": wanted.category or "",
        "urgency": wanted.urgency or "",
        "where": where_of(wanted),
        "q": wanted.text,
        "sort": "" if wanted.sort is Sort.URGENT else wanted.sort,
        **changes,
    }
    return urlencode({name: str(value) for name, value in values.items() if value not in ("", None)})


def where_of(wanted: NeedFilter) -> str:
    """Unit and township as one value of the list of places."""
    return f"{wanted.unit_id or ''}/{wanted.township}" if wanted.township else str(wanted.unit_id or "")


def place_options(places: Iterable[tuple[int, str, str]]) -> list[tuple[str, str]]:
    """Units and, below each, its townships."""
    options: list[tuple[str, str]] = []
    for unit_id, unit, township in places:
        if (str(unit_id), unit) not in options:
            options.append((str(unit_id), unit))
        if township and township != unit:
            options.append((f"{unit_id}/{township}", f"{unit}·{township}"))
    return options


def sort_words() -> dict[Sort, str]:
    return {
        Sort.URGENT: _("急的在前"),
        Sort.WAITING: _("等得久的在前"),
        Sort.DEADLINE: _("快到期的在前"),
        Sort.NEWEST: _("新登记的在前"),
    }


def step_reason(code: str) -> str:
    """Why a step was taken, in words: a reason for declining, or why the system ended a proposal."""
    own = {"need_withdrawn": _("需求已撤回")}
    return own.get(code) or label(code, DeclineReason)


def known_areas() -> frozenset[str]:
    """Area codes of today and of former times that stand on people's resident cards."""
    from seeds import reference

    return reference.known_areas()
