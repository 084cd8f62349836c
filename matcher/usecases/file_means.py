"""From what was filled in to the household's means, and the class that follows."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import Exclusion, Scheme, Section
from matcher.domain.hardship_class import ClassVerdict, Line, Means, classify
from matcher.domain.terms import Cause, HardshipClass

Sections = Mapping[Section, Mapping[str, Any]]


def means_of(sections: Sections) -> Means | None:
    """The household's means; None while the yearly income is not told."""
    money = sections.get(Section.MONEY, {})
    if money.get("income_year") is None:
        return None
    work, cause = sections.get(Section.WORK, {}), sections.get(Section.CAUSE, {})
    causes = [cause.get("main_cause"), *cause.get("other_causes", [])]
    return Means(
        people=people_of(sections),
        income_fen=money["income_year"],
        aid_fen=money.get("aid_year") or 0,
        is_aided=bool(money.get("is_aided")),
        months_below=money.get("months_below") or 0,
        hardship_fen=money.get("hardship_year") or 0,
        accident_fen=money.get("accident") or 0,
        compensation_fen=money.get("compensation") or 0,
        savings_fen=money.get("savings") or 0,
        rigid_fen=money.get("rigid_year") or 0,
        job_cost_fen=money.get("job_cost_year") or 0,
        causes=frozenset(Cause(code) for code in causes if code),
        is_single_parent=bool(cause.get("is_single_parent")),
        exclusions=frozenset(Exclusion(code) for code in money.get("exclusions", [])),
        is_migrant=bool(work.get("is_migrant")),
        is_member=bool(work.get("is_member")),
        relation_months=work.get("relation_months") or 0,
    )


def people_of(sections: Sections) -> int:
    return 1 + len(sections.get(Section.MEMBERS, {}).get("members", []))


def verdict_of(sections: Sections, rules: FileRules) -> ClassVerdict | None:
    means = means_of(sections)
    return classify(means, rules.classes) if means else None


def chosen_class(sections: Sections, verdict: ClassVerdict) -> HardshipClass:
    """The class the file goes on with: the computed one, unless somebody chose another and said why."""
    chosen = sections.get(Section.MONEY, {}).get("chosen_class")
    return HardshipClass(chosen) if chosen else verdict.hardship_class


def as_text(verdict: ClassVerdict, day: date) -> str:
    """The calculation as it is kept with the file."""
    lines = [
        {"code": x.code, "parts": dict(x.parts), "result": x.result, "passed": x.passed, "grounds": list(x.grounds)}
        for x in verdict.lines
    ]
    body = {
        "day": day.isoformat(), "scheme": verdict.scheme, "class": verdict.hardship_class, "article": verdict.article,
        "line_fen": verdict.line_fen, "is_local": verdict.is_local, "lines": lines,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False)


def kept_verdict(text: str | None) -> ClassVerdict | None:
    """The calculation as it was kept when the file was sent in."""
    if not text:
        return None
    body = json.loads(text)
    lines = tuple(
        Line(x["code"], tuple(x["parts"].items()), x["result"], x["passed"], tuple(x["grounds"])) for x in body["lines"]
    )
    return ClassVerdict(
        Scheme(body["scheme"]), HardshipClass(body["class"]), lines, body["article"], body["line_fen"], body["is_local"]
    )
