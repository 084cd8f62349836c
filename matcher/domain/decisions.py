"""What people say of pairs: decisions of caseworkers, from which the engine learns, and judgements by which it is
measured.

Only mismatch teaches. A family that could not be reached, or one that was helped elsewhere, says nothing about
whether the offer was the right one.
"""

from dataclasses import dataclass

from matcher.domain.terms import DeclineReason

NOT_ABOUT_THE_MATCH = frozenset(
    {
        DeclineReason.ALREADY_HAS,
        DeclineReason.NOT_WANTED,
        DeclineReason.CANNOT_REACH,
        DeclineReason.OTHERS_FIRST,
        DeclineReason.PAPERS_MISSING,
        DeclineReason.UNREACHABLE,
    }
)
NOT_ABOUT_THE_MATCH_WORDS = (
    *sorted(NOT_ABOUT_THE_MATCH),
    "联系不上", "无人接听", "打不通", "已解决", "已经解决", "已有", "已经有", "已领", "本人不需要", "不需要", "不想要",
    "放弃", "送不到", "更急", "票据不全", "材料不全", "手续不全", "重复", "搬走", "去世", "库存", "发完",
    "no answer", "not reachable", "resolved", "solved", "already", "does not want", "not needed", "moved away",
    "out of stock", "duplicate", "papers", "others first",
)  # fmt: skip
"""Codes and words that say so in a file; a text with none of them is about the match."""


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What was decided of one pair. `about_match` is False for a refusal that says nothing about the pair."""

    need_id: str
    offer_id: str
    accepted: bool
    about_match: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people said of one pair, from 0 (wrong) to 3 (just what is needed). `is_trap`: looks close, yet is wrong."""

    need_id: str
    offer_id: str
    grade: int
    is_trap: bool = False


def is_about_match(reason: str | None) -> bool:
    """Whether a refusal for this reason (a code, or words in Chinese or English) says that the two did not match.

    No reason counts as mismatch, and so does one that is not understood.
    """
    said = (reason or "").strip().lower()
    return not any(word in said for word in NOT_ABOUT_THE_MATCH_WORDS)
