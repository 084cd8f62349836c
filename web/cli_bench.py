"""`nuanliu bench`: the engine and named peers on invented input, in turn, as ratios of one run."""

import json
import sys
from typing import Annotated

import typer

from web.cli_words import say, table

PEER_WORDS = {
    "product": ("本产品：对全部允许配对求得并证明的最优", "the product: certified optimum over all permitted pairs"),
    "truncated": ("本产品只看每个需求最好的十个资源", "the product on ten offers per need"),
    "own-flow": ("同一截断图，只算求解", "the product's solver alone on that graph"),
    "ortools": ("同一截断图，OR-Tools 最小费用流", "OR-Tools' minimum-cost flow on that graph"),
    "greedy": ("贪心", "greedy"),
    "naive": ("TF-IDF、SVD、近邻、线性规划", "TF-IDF, SVD, nearest neighbours, linear programme"),
    "candidates": ("精确候选", "exact candidates"),
    "gemm": ("本机同样分块的矩阵乘法", "the machine's own matrix product of the same blocks"),
    "brute": ("scikit-learn 逐一比较，不看规则", "scikit-learn brute force, blind to rules"),
    "faiss": ("FAISS 逐一比较，不看规则（需另装）", "FAISS flat, blind to rules (optional)"),
}


def register(app: typer.Typer) -> None:
    app.command("bench", help=say("和同类做法在同一次运行里比速度、比结果", "Measure the engine beside its peers."))(
        bench
    )


def bench(
    size: Annotated[str, typer.Option("--size", help=say("规模：XS、S、M、L", "XS, S, M or L"))] = "S",
    peer: Annotated[
        list[str] | None, typer.Option("--peer", help=say("只和这些比，可重复", "only these peers; repeatable"))
    ] = None,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, help=say("每个跑几次，取中位数", "runs, for medians"))
    ] = 5,
    events: Annotated[
        int, typer.Option("--events", min=0, help=say("另外计时多少次单个变动", "single live events to time as well"))
    ] = 0,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help=say("线程数", "threads"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("以 JSON 输出数字", "print the figures as JSON"))] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help=say("输出 Markdown 表", "print a Markdown table"))
    ] = False,
) -> None:
    from matcher.bench.names import PEERS, SIZES, has_faiss

    if size not in SIZES:
        raise typer.BadParameter(", ".join(SIZES), param_hint="--size")
    unknown = [name for name in peer or [] if name not in PEERS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: {', '.join(PEERS)}", param_hint="--peer")
    if "faiss" in (peer or []) and not has_faiss():
        raise typer.BadParameter(say("没有安装 faiss-cpu", "faiss-cpu is not installed"), param_hint="--peer")
    from matcher.bench.run import as_table
    from matcher.bench.run import bench as measure

    report = measure(
        size,
        peer,
        repeats=repeats,
        n_events=events,
        threads=threads,
        told=lambda line: print(line, file=sys.stderr, flush=True),
    )
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    elif markdown:
        print(as_table(report))
    else:
        _show(report)


def _show(report: dict) -> None:  # type: ignore[type-arg]
    print(
        say(
            f"{report['needs']:,} 个需求，{report['offers']:,} 个资源，允许的配对 {report['pairs_permitted']:,} 个，"
            f"{report['threads']} 线程；首次编译 {report['first_call_seconds']} 秒，不计入。",
            f"{report['needs']:,} needs, {report['offers']:,} offers, {report['pairs_permitted']:,} permitted pairs, "
            f"{report['threads']} threads; first call {report['first_call_seconds']} s, not counted.",
        )
    )
    head = (
        say("做法", "peer"), say("用时（秒）", "wall s"), say("处理器（秒）", "CPU s"), say("峰值内存（MB）", "peak MB"),
        say("少帮到的家庭", "households lost"), say("少得的分", "score lost"), say("找全率", "recall"),
    )  # fmt: skip
    rows = [
        (
            say(*PEER_WORDS[line["peer"]]), line["wall_seconds"], line["cpu_seconds"], line["peak_mb"],
            _percent(line.get("loss_of_weight")), _percent(line.get("loss_of_score")), _percent(line.get("recall")),
        )
        for line in report["peers"]
    ]  # fmt: skip
    print(table(head, rows))
    for kind, figures in report.get("live", {}).get("events", {}).items():
        print(f"  {kind}: p50 {figures['p50_ms']} ms, p95 {figures['p95_ms']} ms")
    for name, value in report["ratios"].items():
        print(f"  {name}: {value}")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f} %"
