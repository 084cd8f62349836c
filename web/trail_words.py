"""The details of a line of the trail as words: 岗位 经办人, 数量 3, 理由 联系不上."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from matcher.domain import file_terms as f
from matcher.domain import network_terms as nt
from matcher.domain import terms as t
from matcher.domain.rights import RightsKind
from matcher.domain.visit_terms import VisitGroup
from web.formatters import NBSP, number, short_day_text
from web.label_words import WORDS, Pair
from web.labels import label, pick
from web.model_words import model_word
from web.param_words import fact_word

NAMES: dict[str, Pair] = {
    "unit": ("单位编号", "unit"),
    "account": ("账号编号", "account"),
    "owner": ("责任人编号", "owner"),
    "people": ("人数", "people"),
    "entitlement": ("政策待遇", "entitlement"),
    "state": ("现状", "state"),
    "late": ("超时分钟", "minutes late"),
    "parent": ("上级单位编号", "unit above"),
    "successor": ("接收单位编号", "successor"),
    "households": ("家庭", "families"),
    "needs": ("需求", "needs"),
    "role": ("岗位", "role"),
    "trigger": ("怎么开始的", "started"),
    "fields": ("改了", "changed"),
    "reason": ("理由", "reason"),
    "ended": ("一并结束的建议", "proposals ended"),
    "delivery_id": ("发放编号", "delivery"),
    "note_id": ("记录编号", "note"),
    "outcome": ("结果", "outcome"),
    "kind": ("表格", "table"),
    "rows": ("行数", "rows"),
    "good": ("可以写入", "to be written"),
    "known": ("已经有的", "already there"),
    "refused": ("要改的", "to be mended"),
    "cells": ("要改的格", "cells to be mended"),
    "columns": ("列", "columns"),
    "size": ("字节", "bytes"),
    "examples": ("示例行", "example rows"),
    "proposals": ("建议", "proposals"),
    "superseded": ("被取代的旧建议", "older ones replaced"),
    "families": ("家庭", "families"),
    "from": ("原来", "from"),
    "to": ("现在", "to"),
    "model": ("匹配模型", "model"),
    "before": ("原来", "before"),
    "verdict": ("结果", "result"),
    "decisions": ("学了的决定", "decisions learned from"),
    "quantity": ("数量", "quantity"),
    "entries": ("核对了", "checked"),
    "last": ("到第几条", "up to entry"),
    "anchored": ("锚在第几条", "anchored at entry"),
    "fault": ("问题", "fault"),
    "entry": ("第几条", "entry"),
    "until": ("直到第几条", "to entry"),
    "key_id": ("密钥编号", "key id"),
    "because": ("原因", "because"),
    "section": ("哪一步", "step"),
    "revision": ("第几稿", "revision"),
    "evidence_id": ("材料编号", "paper"),
    "bytes": ("字节", "bytes"),
    "visit_id": ("入户记录编号", "visit"),
    "objection_id": ("异议编号", "objection"),
    "from_unit_id": ("原单位编号", "from union"),
    "to_unit_id": ("接收单位编号", "to union"),
    "group": ("慰问对象", "group"),
    "file_id": ("档案编号", "file"),
    "purpose": ("为了", "for"),
}
TRIGGERS: dict[str, Pair] = {
    "nightly": ("夜间", "by the clock"),
    "manual": ("有人开始", "by hand"),
    "demo": ("演示", "for the demo"),
}
KINDS: dict[str, tuple[type[StrEnum], ...]] = {
    "role": (t.Role,),
    "outcome": (t.ContactOutcome,),
    "kind": (t.ImportKind, f.EvidenceKind, f.KeyKind, RightsKind),
    "fault": (t.TrailFault,),
    "because": (t.BreakReason,),
    "section": (f.Section,),
    "purpose": (t.RevealPurpose,),
    "from": (t.ProposalStatus, t.Tier),
    "to": (t.ProposalStatus, t.Tier, nt.MeasureStatus, f.FileState),
    "group": (VisitGroup,),
    "verdict": (t.ModelVerdict,),
    "entitlement": (nt.Entitlement,),
    "state": (nt.EntitlementState, f.FileImportState),
    "reason": (
        nt.ReferralReason,
        nt.ContactEnd,
        t.TierReason,
        f.FilingReason,
        t.DeclineReason,
        t.WithdrawReason,
        t.OfferReturnReason,
        t.OfferWithdrawReason,
        f.FileReturnReason,
        f.CheckResult,
        f.LeaveReason,
    ),
}


def told(details: Mapping[str, Any]) -> list[str]:
    """One piece of text a detail, in the reader's language; what has no word stays as it was written."""
    shown = ((name, value) for name, value in details.items() if value not in (None, "", []))
    return [f"{pick(NAMES[name]) if name in NAMES else name}{NBSP}{_value(name, value)}" for name, value in shown]


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return _("、").join(_value(name, item) for item in value)
    if isinstance(value, int):
        return number(value)
    if name == "trigger" and value in TRIGGERS:
        return pick(TRIGGERS[value])
    if name in ("model", "before"):
        return model_word(str(value))
    if name == "fields":
        return fact_word(str(value), pick(("zh", "en")))
    kind = next((kind for kind in KINDS.get(name, ()) if str(value) in WORDS[kind]), None)
    return label(str(value), kind) if kind else _day(str(value))


def _day(value: str) -> str:
    try:
        return short_day_text(date.fromisoformat(value))
    except ValueError:
        return value
