"""Words of what families ask, of keeping and erasing: (Chinese, English)."""

from enum import StrEnum

from matcher.domain import retention as r
from matcher.domain.rights import RightsKind, RightsState

Pair = tuple[str, str]

RETENTION_WORDS: dict[type[StrEnum], dict[str, Pair]] = {
    RightsKind: {
        "explain": ("说明理由", "Reasons"),
        "review": ("人工复核", "A second look by a person"),
        "correct": ("更正", "Correction"),
        "withdraw": ("撤回同意", "End of consent"),
        "erase": ("删除", "Erasure"),
    },
    RightsState: {"open": ("等答复", "Waiting"), "answered": ("已答复", "Answered")},
    r.ErasureCause: {
        "left": ("离开帮扶已满保存年限", "Left help, and the years of keeping are over"),
        "unfiled": ("没有建档，也没有得到过帮扶", "No file and no help"),
        "asked": ("本人要求删除", "Asked for by the family"),
    },
    r.ErasureState: {
        "announced": ("待销毁", "To be erased"),
        "held": ("暂缓", "Held"),
        "done": ("已销毁", "Erased"),
        "dropped": ("不再销毁", "Not erased after all"),
    },
    r.Running: {
        "file": ("档案在档或在审", "the file is active or under review"),
        "watch": ("在返困监测期内", "the family is still called back"),
        "need": ("有没办完的需要", "a need is open"),
        "delivery": ("有没办完的对接或发放", "a match or hand-over is open"),
        "request": ("有没答复的申请", "a request waits for its answer"),
        "duplicate": ("有没认定的重复", "a duplicate is undecided"),
        "task": ("要补建档", "a file is to be made up"),
    },
}
RETENTION_ACTIONS: dict[str, Pair] = {
    "erasure:announce": ("列入待销毁", "Announced for erasure"),
    "erasure:hold": ("暂缓销毁", "Erasure held"),
    "erasure:done": ("销毁个人信息", "Personal data erased"),
    "erasure:drop": ("不再销毁", "Not erased after all"),
    "erasure:again": ("恢复备份后再次销毁", "Erased again after a restore"),
    "roster:erase": ("销毁往年名册的姓名", "Names of past rosters erased"),
}
RETENTION_OBJECTS: dict[str, Pair] = {"erasure": ("销毁", "erasure")}
RETENTION_PROBLEMS: dict[str, Pair] = {
    "hold_days": ("暂缓的日期要在明天以后、{most} 以前", "The day must lie between tomorrow and {most}"),
    "erase_not_yet": (
        "现在还不能删除：{why}。请答复本人什么时候可以，或者先把事情办完",
        "Cannot be erased yet: {why}. Tell the family when it can, or finish that first",
    ),
    "erase_not_before": (
        "得到过帮扶的，身份是支出凭证的一部分，要保存到 {day}；请这样答复本人",
        "Help was given, and the identity belongs to its voucher: it is kept until {day}. Please answer so",
    ),
    "choose_answer": ("请选同意还是不同意", "Choose whether it is agreed to"),
    "family_erased": (
        "这户的信息已经按规定销毁，不能再写；需要帮扶的，请重新登记",
        "This family's data were erased and cannot be written to; register it anew if it needs help",
    ),
    "record_key_missing": (
        "有一户的密钥找不到（记录 {record}）；请核对数据库是否完整，或者从备份恢复",
        "The key of one family is missing (record {record}); check that the database is whole, or restore a backup",
    ),
}
