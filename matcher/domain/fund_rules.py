"""Hard rules that come with the source of the money: H1–H3, H5, H13–H15, H17, H21, and the state first (R42).

What each fund asks for is data (`[[funds]]` of the policy). Functions yield findings; nothing means passed.
"""

from matcher.domain.amounts import is_money
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.reasons import ReasonCode
from matcher.domain.rulebook import Findings, Setting, failed, is_strict, unknown, use_of
from matcher.domain.terms import Category, FundSource, Group, PayoutChannel

_CARDS = frozenset({PayoutChannel.BANK_CARD, PayoutChannel.PASSBOOK})


def file_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H1: file first, then help (R58): central and provincial money needs a file of national level; so does what a
    donor gives on that condition, of any level (R42)."""
    levels = setting.demands(offer).file_levels
    if not levels and not offer.requires_file:
        return
    if need.on_file is None:
        if levels or is_strict(offer):
            yield unknown(ReasonCode.NO_HARDSHIP_FILE, "on_file", fund=offer.fund_source)
    elif not need.on_file:
        yield failed(ReasonCode.NO_HARDSHIP_FILE, fund=offer.fund_source)
    elif not levels:
        return
    elif need.file_level is None:
        yield unknown(ReasonCode.FILE_LEVEL_TOO_LOW, "file_level", fund=offer.fund_source, level=None)
    elif need.file_level not in levels:
        yield failed(ReasonCode.FILE_LEVEL_TOO_LOW, fund=offer.fund_source, level=need.file_level)


def real_name_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H2: the identity of everyone who gets money is verified (R58 实名制); goods go by roster."""
    if setting.demands(offer).real_name:
        if need.real_name is None:
            yield unknown(ReasonCode.NAME_NOT_VERIFIED, "real_name", fund=offer.fund_source)
        elif not need.real_name:
            yield failed(ReasonCode.NAME_NOT_VERIFIED, fund=offer.fund_source)
    elif is_money(offer.unit) and need.real_name is False:
        yield failed(ReasonCode.NAME_NOT_VERIFIED, fund=offer.fund_source)


def channel_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H3: paid by bank card or passbook where the fund or the offer asks for it (R59)."""
    channels = setting.demands(offer).channels
    if channels and offer.payout is not None and offer.payout not in channels:
        yield failed(ReasonCode.CHANNEL_NOT_ALLOWED, fund=offer.fund_source, channel=offer.payout)
        return
    wanted = channels or (_CARDS if offer.payout in _CARDS else frozenset())
    if not wanted or need.payout in wanted:
        return
    if need.payout is not None:
        yield failed(ReasonCode.CHANNEL_NOT_ALLOWED, fund=offer.fund_source, channel=need.payout)
    elif channels:
        yield unknown(ReasonCode.CHANNEL_NOT_ALLOWED, "payout", fund=offer.fund_source, channel=None)


def use_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H5: the fund may be used for this (six uses of central and provincial money, 2015 measures art. 5)."""
    uses = setting.demands(offer).uses
    if not uses:
        return
    use = use_of(need, offer)
    if use is None:
        if is_strict(offer):
            yield unknown(ReasonCode.USE_NOT_ALLOWED, "category", fund=offer.fund_source, category=None)
    elif use not in uses:
        yield failed(ReasonCode.USE_NOT_ALLOWED, fund=offer.fund_source, category=use)


def exclusion_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H13: no exclusion condition (second home, shop, …) for money that rests on a file."""
    if not setting.demands(offer).file_levels:
        return
    if need.excluded is None:
        yield unknown(ReasonCode.EXCLUSION_CONDITION, "excluded", fund=offer.fund_source)
    elif need.excluded:
        yield failed(ReasonCode.EXCLUSION_CONDITION, fund=offer.fund_source)


def migrant_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H14: migrant households get central and provincial money as members with a year of employment."""
    if not setting.demands(offer).migrant_relation or Group.MIGRANT not in need.groups:
        return
    least = setting.policy.migrant_relation_months
    if need.member is None:
        yield unknown(ReasonCode.NOT_A_MEMBER, "member", fund=offer.fund_source)
    elif not need.member:
        yield failed(ReasonCode.NOT_A_MEMBER, fund=offer.fund_source)
    if need.relation_months is None:
        yield unknown(ReasonCode.MIGRANT_RELATION_TOO_SHORT, "relation_months", months=None, least=least)
    elif need.relation_months < least:
        yield failed(ReasonCode.MIGRANT_RELATION_TOO_SHORT, months=need.relation_months, least=least)


def membership_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """Mutual-aid money goes to those who take part: members (H15's membership half for F9)."""
    if not setting.demands(offer).member:
        return
    if need.member is None:
        yield unknown(ReasonCode.NOT_A_MEMBER, "member", fund=offer.fund_source)
    elif not need.member:
        yield failed(ReasonCode.NOT_A_MEMBER, fund=offer.fund_source)


def welfare_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H15: holiday gifts only to members of the union that issues them, in kind, never in cash (R33)."""
    if offer.category is not Category.WEL and offer.fund_source is not FundSource.WELFARE:
        yield from membership_check(need, offer, setting)
        return
    if is_money(offer.unit) or offer.payout in _CARDS or offer.payout is PayoutChannel.CASH:
        yield failed(ReasonCode.CASH_FOR_WELFARE)
    if need.member is False:
        yield failed(ReasonCode.NOT_A_MEMBER, fund=offer.fund_source)
    elif need.member is None and is_strict(offer):
        yield unknown(ReasonCode.NOT_A_MEMBER, "member", fund=offer.fund_source)
    if offer.issuing_union is None or need.union_unit == offer.issuing_union:
        return
    if need.union_unit is not None:
        yield failed(ReasonCode.OTHER_UNION)
    elif is_strict(offer):
        yield unknown(ReasonCode.OTHER_UNION, "union_unit")


def one_project_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H17: some classes get one project a year (相对困难户只享受一项)."""
    if need.hardship_class is None or need.hardship_class not in setting.policy.one_project_only:
        return
    if need.projects_this_year is None:
        if is_strict(offer):
            yield unknown(ReasonCode.ONE_PROJECT_ONLY, "projects_this_year", hardship_class=need.hardship_class)
    elif need.projects_this_year >= 1:
        yield failed(ReasonCode.ONE_PROJECT_ONLY, hardship_class=need.hardship_class, projects=need.projects_this_year)


def institution_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """R42, R58: the state's entitlements first, treasury money on top (拾遗补缺). What nobody checked passes."""
    if not setting.demands(offer).institution_first or not need.entitlements_due:
        return
    due = [e for e in setting.policy.entitlements(use_of(need, offer)) if e in need.entitlements_due]
    if due:
        yield failed(ReasonCode.ENTITLEMENT_FIRST, fund=offer.fund_source, due=tuple(due))


def stop_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H21: nothing to a household that has died, withdrawn, or is under objection or violation (R60)."""
    if need.stopped:
        yield failed(ReasonCode.STOPPED)
    elif need.stopped is None and is_strict(offer):
        yield unknown(ReasonCode.STOPPED, "stopped")
