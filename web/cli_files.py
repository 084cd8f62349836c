"""`nuanliu rank`, `match`, `evaluate` and `verify`: the engine on files, without database or network.

`register(app)` adds them to a Typer app; `web/file_runs.py` and `file_ranking.py` work. Exit codes: 0 done, 1 done but something
fell short and was said, 2 usage, 3 refused input and nothing written.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from web.cli_words import say

Needs = Annotated[Path, typer.Option("--needs", help=say("需求表（CSV 或 XLSX）", "needs, CSV or XLSX"))]
Offers = Annotated[Path, typer.Option("--offers", help=say("资源表（CSV 或 XLSX）", "offers, CSV or XLSX"))]
Out = Annotated[Path, typer.Option("--out", help=say("结果写到这个 CSV", "CSV to write the result to"))]
Decisions = Annotated[
    Path | None, typer.Option("--decisions", help=say("经办人的决定：先从中学习", "decisions to learn from first"))
]
TrainNeeds = Annotated[
    Path | None, typer.Option("--train-needs", help=say("这些决定所说的需求", "the needs that were decided about"))
]
TrainOffers = Annotated[
    Path | None,
    typer.Option(
        "--train-offers",
        help=say("这些决定所说的资源，默认同 --offers", "the offers decided about; --offers otherwise"),
    ),
]
Json = Annotated[bool, typer.Option("--json", help=say("以 JSON 输出数字", "print the figures as JSON"))]


def register(app: typer.Typer) -> None:
    """Add the file commands to the `nuanliu` command."""
    app.command("rank", help=say("只按文字，给每个需求排出最接近的资源", "Rank offers for each need by text alone."))(
        rank
    )
    app.command("match", help=say("在表格上跑完整的对接：硬规则、评分、统筹分配", "Run the whole engine on files."))(
        match
    )
    app.command(
        "evaluate",
        help=say("用人工评判的配对衡量排序的好坏", "Measure the ranking against judgements, beside TF-IDF and BM25."),
    )(evaluate)
    app.command("verify", help=say("独立复核 match 的结果", "Check a result of match independently."))(verify)


def rank(
    needs: Needs,
    offers: Offers,
    out: Out,
    top: Annotated[int, typer.Option("--top", min=1, help=say("每个需求列几个", "offers per need"))] = 20,
    decisions: Decisions = None,
    train_needs: TrainNeeds = None,
    train_offers: TrainOffers = None,
    as_json: Json = False,
) -> None:
    from web import file_ranking

    lesson = _lesson(decisions, train_needs, train_offers)
    raise typer.Exit(file_ranking.rank(needs, offers, out, top=top, lesson=lesson, as_json=as_json))


def evaluate(
    needs: Needs,
    offers: Offers,
    judgements: Annotated[
        Path,
        typer.Option(
            "--judgements",
            help=say("评判表：need_id、offer_id、grade（0–3）", "judgements: need_id, offer_id, grade 0–3"),
        ),
    ],
    decisions: Decisions = None,
    train_needs: TrainNeeds = None,
    train_offers: TrainOffers = None,
    as_json: Json = False,
) -> None:
    from web import file_ranking

    lesson = _lesson(decisions, train_needs, train_offers)
    raise typer.Exit(file_ranking.evaluate(needs, offers, judgements, lesson=lesson, as_json=as_json))


def match(
    needs: Needs,
    offers: Offers,
    out: Out,
    unmatched: Annotated[
        Path | None, typer.Option("--unmatched", help=say("未对接的需求写到这里", "CSV of needs left open"))
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help=say("报告（JSON）", "report, JSON"))] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help=say("计算日期，默认今天（上海）", "day of the run; today in Shanghai"))
    ] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help=say("对接规则（TOML）", "rules, TOML"))] = None,
    certify: Annotated[
        bool, typer.Option("--certify/--no-certify", help=say("报告附最优性证明", "prove the optimum in the report"))
    ] = True,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            help=say(
                "再多一些会怎样，如 WIN@武陟县=300，可重复", "what more would do: CATEGORY@PLACE=UNITS; repeatable"
            ),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    from web import file_runs

    day = _day(as_of)
    raise typer.Exit(
        file_runs.match(
            needs, offers, out, unmatched=unmatched, report=report, as_of=day, policy=policy, certify=certify,
            what_if=what_if or (), as_json=as_json,
        )
    )  # fmt: skip


def verify(
    needs: Needs,
    offers: Offers,
    proposals: Annotated[Path, typer.Option("--proposals", help=say("match 写出的结果", "result of match"))],
    report: Annotated[Path, typer.Option("--report", help=say("match 写出的报告", "report of match"))],
    as_json: Json = False,
) -> None:
    from web import file_runs

    raise typer.Exit(file_runs.verify(needs, offers, proposals, report, as_json=as_json))


def _lesson(decisions: Path | None, needs: Path | None, offers: Path | None) -> tuple[Path, Path, Path | None] | None:
    """Decisions, the needs and the offers they are about; None without decisions."""
    if decisions is None and needs is None and offers is None:
        return None
    if decisions is None or needs is None:
        both = say("--decisions 和 --train-needs 要一起给", "--decisions and --train-needs go together")
        raise typer.BadParameter(both)
    return decisions, needs, offers


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong = say("要写成 2020-02-20 这样的日期", "wants a date such as 2020-02-20")
        raise typer.BadParameter(wrong, param_hint="--as-of") from None


def main() -> None:
    """Only the file commands: `python -m web.cli_files match …`."""
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    register(app)
    app()


if __name__ == "__main__":
    main()
