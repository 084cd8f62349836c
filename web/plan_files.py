"""Match results as files: proposals, unmet needs, ranks and the report; the same bytes for equal results."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from matcher.domain.terms import ScorePart
from matcher.engine.plan import MatchPlan
from matcher.files.cells import neutral
from web.reason_words import sentence

PROPOSAL_COLUMNS = ("need_id", "offer_id", "quantity", "unit", "score", *(part.value for part in ScorePart), "reasons")
UNMET_COLUMNS = ("need_id", "remaining", "blocking", "nearest_offer", "smallest_change")
RANK_COLUMNS = ("need_id", "offer_id", "rank", "score")


def proposals_csv(plan: MatchPlan) -> str:
    """One row per proposal; score and parts in thousandths; reasons in Chinese, what speaks against it last."""
    rows = []
    for p in plan.proposals:
        said = [sentence(reason) for reason in (*p.reasons, *((p.against,) if p.against else ()))]
        parts = [p.parts.get(part, 0) for part in ScorePart]
        rows.append((p.need_id, p.offer_id, p.quantity, p.unit or "", p.score, *parts, "；".join(said)))
    return _csv(PROPOSAL_COLUMNS, rows)


def unmet_csv(plan: MatchPlan) -> str:
    """One row per need with something left; `blocking` is CODE:count, most frequent first."""
    rows = []
    for u in plan.unmet:
        blocking = ";".join(f"{code.value}:{count}" for code, count in u.blocking)
        rows.append((u.need_id, u.remaining, blocking, u.nearest_offer or "", sentence(u.smallest_change)))
    return _csv(UNMET_COLUMNS, rows)


def rank_csv(ranked: Iterable[tuple[str, str, int, float]]) -> str:
    """Best offers of each need; scores with six digits."""
    return _csv(RANK_COLUMNS, ((need, offer, rank, f"{score:.6f}") for need, offer, rank, score in ranked))


def report_json(report: dict[str, Any]) -> str:
    """Keys in order, so that equal runs differ in `timings` only."""
    return json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()
