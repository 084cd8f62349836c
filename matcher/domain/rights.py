"""What a family may ask of the union about itself (PIPL, articles 15, 24, 44 to 48): codes and clocks."""

from enum import StrEnum


class RightsKind(StrEnum):
    """What is asked."""

    EXPLAIN = "explain"  # 说明理由
    REVIEW = "review"  # 人工复核
    CORRECT = "correct"  # 更正
    WITHDRAW = "withdraw"  # 撤回同意
    ERASE = "erase"  # 删除


class RightsState(StrEnum):
    OPEN = "open"  # 等答复
    ANSWERED = "answered"  # 已答复
