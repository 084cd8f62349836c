"""The ladder of help as rules: what comes first, what follows a file (R20, R42)."""

from datetime import date

import pytest

from matcher.domain.network_terms import Entitlement as E
from matcher.domain.network_terms import EntitlementState as S
from matcher.domain.policy import PolicyProblem
from matcher.domain.terms import Category as C
from matcher.domain.terms import FileStatus, FundSource, Tier
from matcher.domain.tiers import TierRules, due_first, offer_tier, settled_tier
from seeds import reference

RULES = reference.tier_rules(date(2019, 1, 9))
POLICY = reference.policy(date(2019, 1, 9))


def test_the_state_comes_first_for_what_it_gives():
    assert POLICY.entitlements(C.MED) == (E.TEMPORARY, E.MEDICAL, E.INJURY)
    assert POLICY.entitlements(C.FOO) == () == POLICY.entitlements(None)
    waiting = {fund for fund, rule in POLICY.funds.items() if rule.institution_first}
    assert waiting == {FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL}


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ({}, ()),
        ({E.MEDICAL: S.DUE}, (E.MEDICAL,)),
        ({E.MEDICAL: S.APPLIED, E.INJURY: S.NOT_DUE}, ()),
        ({E.MEDICAL: S.REFUSED, E.TEMPORARY: S.DUE}, (E.TEMPORARY,)),
        ({E.HOUSING: S.DUE}, ()),
    ],
)
def test_public_money_waits_only_for_what_is_due_and_not_applied_for(known, due):
    assert due_first(POLICY.entitlements(C.MED), known) == due


@pytest.mark.parametrize(
    ("tier", "category", "status", "then"),
    [
        (Tier.T2, C.LIV, FileStatus.ACTIVE, Tier.T1),
        (Tier.T2, C.STA, FileStatus.ACTIVE, Tier.T2),
        (Tier.T4, C.LIV, FileStatus.ACTIVE, Tier.T4),
        (Tier.T1, C.LIV, FileStatus.CLOSED, Tier.T2),
        (Tier.T3, C.MUT, FileStatus.CLOSED, Tier.T3),
        (Tier.T1, C.LIV, FileStatus.ACTIVE, Tier.T1),
    ],
)
def test_needs_follow_the_file_and_nothing_else(tier, category, status, then):
    assert settled_tier(tier, category, status) is then


@pytest.mark.parametrize("fund", list(FundSource))
@pytest.mark.parametrize("status", list(FileStatus))
@pytest.mark.parametrize("urgency", [4, 5])
def test_money_before_the_file_is_for_emergencies_and_never_treasury_money(fund, status, urgency):
    early = RULES.is_early_help(fund, urgency, status, is_money=True)
    allowed = fund in (FundSource.UNION, FundSource.DONATION) and status is not FileStatus.ACTIVE and urgency == 5
    assert early is allowed
    assert not RULES.is_early_help(fund, urgency, status, is_money=False)


@pytest.mark.parametrize(
    ("category", "fund", "tier"),
    [
        (C.FOO, FundSource.DONATION, Tier.T2),
        (C.WEL, FundSource.WELFARE, Tier.T5),
        (C.MED, FundSource.MUTUAL_AID, Tier.T3),
        (C.LIV, FundSource.CENTRAL, Tier.T1),
        (C.STA, FundSource.UNION, Tier.T4),
        (None, FundSource.DONATION, None),
    ],
)
def test_an_offer_serves_a_tier(category, fund, tier):
    assert offer_tier(category, fund) is tier


def test_a_place_may_set_its_own_rules_and_wrong_ones_are_named():
    base = {
        "early_help": [{"funds": ["F5"], "urgency": 5, "filing_days": 30},
                       {"jurisdiction": "410800", "funds": ["F5"], "urgency": 4, "filing_days": 10}],
    }  # fmt: skip
    rules = TierRules.effective(base, as_of=date(2019, 1, 9), jurisdiction="410800")
    assert (rules.early_urgency, rules.filing_days, rules.early_funds) == (4, 10, {FundSource.DONATION})
    assert TierRules.effective(base, as_of=date(2019, 1, 9), jurisdiction="370000").filing_days == 30
    base["early_help"] = [{"funds": ["F5"], "urgency": 9, "filing_days": 30}]
    with pytest.raises(PolicyProblem) as caught:
        TierRules.effective(base, as_of=date(2019, 1, 9), jurisdiction="410800")
    assert caught.value.key == "early_help.urgency"
