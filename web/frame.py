"""What every page shows around its content: navigation by role, unit, name, the demo mark."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.routing import Map

from matcher.domain.terms import Role
from web import auth, doors
from web.formatters import masked
from web.paging import kept
from web.security import local_path

Text = Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the navigation: path, word, short word for the phone's bottom bar, icon."""

    path: str
    word: Text
    short: Text
    icon: str


PROPOSALS = Entry("/proposals", _l("待确认"), _l("待确认"), "list")
APPROVALS = Entry("/proposals", _l("待审批"), _l("待审批"), "list")
NEEDS = Entry("/needs", _l("需求"), _l("需求"), "heart")
FILES = Entry("/files", _l("档案"), _l("档案"), "folder")
VISITS = Entry("/visits", _l("走访"), _l("走访"), "pin")
DELIVERIES = Entry("/deliveries", _l("发放"), _l("发放"), "box")
OFFERS = Entry("/offers", _l("资源"), _l("资源"), "gift")
OUR_OFFERS = Entry("/offers", _l("我的资源"), _l("资源"), "box")
NEW_OFFER = Entry("/offers/new", _l("登记资源"), _l("登记"), "gift")
IMPACT = Entry("/impact", _l("捐赠成效"), _l("成效"), "bars")
OVERVIEW = Entry("/overview", _l("总览"), _l("总览"), "bars")
RUNS = Entry("/runs", _l("对接批次"), _l("对接批次"), "pairs")
MODEL = Entry("/model", _l("匹配模型"), _l("模型"), "bars")
AUDIT = Entry("/audit", _l("操作留痕"), _l("留痕"), "clock")
ACCOUNTS = Entry("/accounts", _l("账号管理"), _l("账号管理"), "people")
NETWORK = Entry("/network", _l("工会组织"), _l("组织"), "people")
REFERRALS = Entry("/referrals", _l("转办"), _l("转办"), "pairs")
PLANS = Entry("/plans", _l("联系人"), _l("联系人"), "person")
MY_FAMILIES = Entry("/plans", _l("我联系的家庭"), _l("我的户"), "person")
ERASURES = Entry("/retention", _l("保存与销毁"), _l("销毁"), "clock")
MATRIX = Entry("/access", _l("权限表"), _l("权限表"), "list")
SETTINGS = Entry("/settings", _l("设置"), _l("设置"), "gear")
MY_NEEDS = Entry("/my", _l("我的申请"), _l("申请"), "heart")
MY_RIGHTS = Entry("/my/requests", _l("我的权利"), _l("权利"), "list")
MINE = Entry("/account", _l("我的"), _l("我的"), "person")

NAVIGATION: dict[Role, tuple[Entry, ...]] = {
    Role.CASEWORKER: (PROPOSALS, REFERRALS, FILES, NEEDS, OFFERS, VISITS, DELIVERIES, PLANS, NETWORK),
    Role.REVIEWER: (APPROVALS, REFERRALS, FILES, NEEDS, OFFERS, VISITS, DELIVERIES, PLANS, NETWORK),
    Role.CONTACT: (MY_FAMILIES, FILES, NEEDS, DELIVERIES),
    Role.WORKER: (MY_NEEDS, MY_RIGHTS),
    Role.FINANCE: (DELIVERIES,),
    Role.AUDITOR: (AUDIT, RUNS, MODEL, DELIVERIES, NETWORK, ERASURES, MATRIX),
    Role.CITY: (OVERVIEW, RUNS, REFERRALS, PROPOSALS, FILES, NEEDS, OFFERS, VISITS, DELIVERIES, PLANS, NETWORK, MODEL),
    Role.CHARITY: (OUR_OFFERS, NEW_OFFER, IMPACT),
    Role.ENTERPRISE: (OUR_OFFERS, NEW_OFFER, IMPACT),
    Role.SYSADMIN: (SETTINGS, NETWORK, MATRIX),
    Role.SECADMIN: (ACCOUNTS, NETWORK, MATRIX),
    Role.AUDITADMIN: (AUDIT, MATRIX),
}
TABS: dict[Role, tuple[Entry, ...]] = {
    Role.CASEWORKER: (PROPOSALS, NEEDS, DELIVERIES, MINE),
    Role.CITY: (RUNS, PROPOSALS, OFFERS, MINE),
    Role.REVIEWER: (APPROVALS, NEEDS, DELIVERIES, MINE),
}
MOST_TABS = 4


def init_app(app: Flask) -> None:
    app.context_processor(around)
    app.jinja_env.globals.update(
        asset=asset,
        kept=kept,
        page_address=page_address,
        back_path=back_path,
        lock_minutes=lock_minutes,
        lock_tries=lock_tries,
    )


def mark_static(app: Flask) -> None:
    """Our own stylesheet and script are for everybody, and may be kept by the browser."""
    serve = app.view_functions["static"]

    def static(**values: Any) -> Any:
        g.may_be_cached = True
        return serve(**values)

    app.view_functions["static"] = auth.public(static)


@cache
def _fingerprint(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Address of a file of ours with its fingerprint, so that a browser never shows an old one."""
    path = Path(str(current_app.static_folder)) / name
    return url_for("static", filename=name, v=_fingerprint(path))


def page_address(page: int) -> str:
    """This address with another page number, its filters kept."""
    return (
        request.path
        + "?"
        + urlencode([*((k, v) for k, v in request.args.items(multi=True) if k != "page"), ("page", page)])
    )


def back_path() -> str:
    """Where the reader came from, if that is a page of ours."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return local_path(came_from.path + (f"?{came_from.query}" if came_from.query else "")) or "/"


def lock_minutes() -> int:
    return doors.settings().sign_in_lock_minutes


def lock_tries() -> int:
    return doors.settings().sign_in_tries


def stands(path: str, app: Flask | None = None) -> bool:
    """Whether a page with this address exists in this installation."""
    url_map: Map = (app or current_app).url_map
    return any(rule.rule == path and "GET" in (rule.methods or ()) for rule in url_map.iter_rules())


def around() -> dict[str, Any]:
    actor = g.get("actor")
    entries = [e for e in NAVIGATION[actor.role] if stands(e.path)] if actor else []
    tabs: list[Entry] = []
    if actor:
        wished = TABS.get(actor.role, (*NAVIGATION[actor.role][: MOST_TABS - 1], MINE))
        tabs = [e for e in wished if stands(e.path)][:MOST_TABS]
    donor = bool(actor and actor.donor_id)
    return {
        "actor": actor,
        "navigation": entries,
        "tabs": tabs,
        "current_path": current(entries + tabs),
        "is_demo": doors.house().is_demo,
        "unit_name": g.get("unit_name", ""),
        "shown_name": (actor.name if donor else masked(actor.name)) if actor else "",
        "nav_counts": {},
    }


def current(entries: list[Entry]) -> str:
    """The entry whose address is the longest beginning of this page's address."""
    fitting = [e.path for e in entries if request.path == e.path or request.path.startswith(e.path + "/")]
    return max(fitting, key=len, default="")


def home_of(role: Role) -> str:
    """Where this role begins: the first of its pages that stands."""
    for path in (*auth.HOMES[role], *(e.path for e in NAVIGATION[role])):
        if stands(path):
            return path
    return "/account"
