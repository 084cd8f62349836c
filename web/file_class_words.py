"""The arithmetic of a class as sentences: each line of the calculation in the reader's language."""

from collections.abc import Mapping
from typing import Any

from matcher.domain.file_terms import Exclusion
from matcher.domain.hardship_class import Line
from matcher.domain.terms import Cause
from web.file_label_words import Pair
from web.formatters import fen, number
from web.labels import label, pick

COUNTS = frozenset({"people", "months", "least", "percent", "member", "month"})
"""Parts that are not money."""

LINES: Mapping[str, Pair] = {
    "exclusions": ("有没有排除的情况：{grounds}", "Anything that excludes: {grounds}"),
    "migrant": (
        "农民工：会员 {member}，在现单位 {months} 个月，要满 {least} 个月",
        "Migrant worker: member {member}, {months} months with the employer, {least} needed",
    ),
    "a_head": (
        "每人每月的收入：{income} ÷ {people} 人 ÷ 12 月 = {result}",
        "Income a head and month: {income} ÷ {people} ÷ 12 = {result}",
    ),
    "below_average": ("{value} 低于上年人均收入 {ceiling}", "{value} is below last year's average of {ceiling}"),
    "below_line": ("{value} 低于低保线 {ceiling}", "{value} is below the line of {ceiling}"),
    "months_below": (
        "连续 {months} 个月低于低保线，要满 {least} 个月",
        "Below the line for {months} months, {least} needed",
    ),
    "within_marginal": ("{value} 不超过低保边缘线 {ceiling}", "{value} is within the marginal line of {ceiling}"),
    "marginal_cause": (
        "因病、上学、残疾、单亲等原因：{grounds}",
        "Illness, schooling, disability, single parent: {grounds}",
    ),
    "less_hardship": (
        "减去因困支出：({income} − {hardship}) ÷ {people} 人 ÷ 12 月 = {result}",
        "Less hardship spending: ({income} − {hardship}) ÷ {people} ÷ 12 = {result}",
    ),
    "rest_within_line": ("{value} 不超过低保线 {ceiling}", "{value} is within the line of {ceiling}"),
    "within_local": ("{value} 不超过本地放宽线 {ceiling}", "{value} is within the wider local line of {ceiling}"),
    "net_loss": (
        "意外损失减去赔付：{accident} − {compensation} = {result}",
        "Loss less compensation: {accident} − {compensation} = {result}",
    ),
    "less_loss": (
        "减去意外损失：({income} − {loss}) ÷ {people} 人 ÷ 12 月 = {result}",
        "Less the loss: ({income} − {loss}) ÷ {people} ÷ 12 = {result}",
    ),
    "savings_less_loss": (
        "加上存款、减去意外损失：({income} + {savings} − {loss}) ÷ {people} 人 ÷ 12 月 = {result}",
        "With savings, less the loss: ({income} + {savings} − {loss}) ÷ {people} ÷ 12 = {result}",
    ),
    "less_rigid": (
        "减去刚性支出：({income} − {rigid}) ÷ {people} 人 ÷ 12 月 = {result}",
        "Less rigid spending: ({income} − {rigid}) ÷ {people} ÷ 12 = {result}",
    ),
    "rest_below_line": ("{value} 低于低保线 {ceiling}", "{value} is below the line of {ceiling}"),
    "less_job_cost": (
        "再减去就业成本：({income} − {rigid} − {job_cost}) ÷ {people} 人 ÷ 12 月 = {result}",
        "Less the cost of working: ({income} − {rigid} − {job_cost}) ÷ {people} ÷ 12 = {result}",
    ),
    "rest_below_relative": ("{value} 低于相对困难线 {ceiling}", "{value} is below the relative line of {ceiling}"),
    "share_of_income": (
        "损失 {loss} 超过全家年收入 {income} 的 {percent}%",
        "The loss of {loss} exceeds {percent}% of the yearly income of {income}",
    ),
    "less_all": (
        "全部减去：({income} − {rigid} − {job_cost} − {loss}) ÷ {people} 人 ÷ 12 月 = {result}",
        "Less everything: ({income} − {rigid} − {job_cost} − {loss}) ÷ {people} ÷ 12 = {result}",
    ),
    "rest_within_accident": ("{value} 不超过意外致困线 {ceiling}", "{value} is within the accident line of {ceiling}"),
    "month_above": (
        "第 {month} 个月：{income} ÷ {people} 人 = {result}，高于 {ceiling}",
        "Month {month}: {income} ÷ {people} = {result}, above {ceiling}",
    ),
    "months_above": (
        "{months} 个月高于低保线，要连续 {least} 个月",
        "{months} months above the line, {least} in a row needed",
    ),
}
YES: Mapping[bool | None, Pair] = {True: ("符合", "holds"), False: ("不符合", "does not hold"), None: ("", "")}
NONE: Pair = ("没有", "none")
SINGLE: Pair = ("单亲", "single parent")


def line_text(line: Line) -> str:
    """One line of the arithmetic, with its numbers."""
    values: dict[str, Any] = {name: _value(name, value) for name, value in line.parts}
    return pick(LINES[line.code]).format(**values, result=fen(line.result), grounds=_grounds(line))


def line_verdict(line: Line) -> str:
    return pick(YES[line.passed])


def _value(name: str, value: int) -> str:
    if name == "member":
        return pick(("是", "yes") if value else ("不是", "no"))
    return number(value) if name in COUNTS else fen(value)


def _grounds(line: Line) -> str:
    kind = Exclusion if line.code == "exclusions" else Cause
    words = [pick(SINGLE) if code == "single_parent" else label(code, kind) for code in line.grounds]
    return pick(("、", ", ")).join(words) or pick(NONE)
