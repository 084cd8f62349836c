"""What a check of the trail found, as sentences for somebody who has never heard of a chain."""

from collections.abc import Mapping
from typing import Any

from matcher.domain.terms import TrailFault as Fault
from web.formatters import number
from web.label_words import Pair
from web.labels import pick

WHOLE: Pair = (
    "留痕完整：{entries} 条记录一条不少、一字未改，次序也没有动过。",
    "The trail is whole: none of {entries} entries is missing, changed or out of order.",
)
ANCHORED: Pair = (
    "末端锚记到第 {anchored} 条，与数据库一致。",
    "The anchor outside the database knows entry {anchored}, and the database agrees.",
)
BEHIND: Pair = (
    "末端锚只记到第 {anchored} 条：这以后如果整段被截去，只有数据库自己知道。办理业务的程序和这条命令用的是同一个 NUANLIU_AUDIT_DIR 吗？",
    "The anchor only knows entry {anchored}: if what came later were cut off, only the database itself would tell. Do the running product and this command use the same NUANLIU_AUDIT_DIR?",
)
EMPTY: Pair = ("还没有任何记录。", "There are no entries yet.")
WAITING: Pair = (
    "另有 {waiting} 条较早的记录还没有封，下一次有人办事时一并封上。",
    "{waiting} older entries have no seal yet; they get it with the next act.",
)
UNTIL: Pair = ("第 {entry} 条到第 {until} 条", "entries {entry} to {until}")
ONE: Pair = ("第 {entry} 条", "entry {entry}")

FAULTS: dict[Fault, Pair] = {
    Fault.ALTERED: (
        "{which}被改动过：内容和当时封存的不一样。前面 {entries} 条都对得上。",
        "What {which} says is not what was sealed: it was altered. The {entries} before it fit.",
    ),
    Fault.DELETED: (
        "{which}不见了：被删除。前面 {entries} 条都对得上。",
        "Gone, deleted: {which}. The {entries} before fit.",
    ),
    Fault.INSERTED: (
        "{which}是后来塞进去的：不是系统写的。前面 {entries} 条都对得上。",
        "Put in from outside, not written by the product: {which}. The {entries} before it fit.",
    ),
    Fault.REORDERED: (
        "{which}不在原来的位置：次序或内容被调换过。前面 {entries} 条都对得上。",
        "Not in its place: {which}. Order or contents were exchanged. The {entries} before it fit.",
    ),
    Fault.KEY_CHANGED: (
        "{which}的密钥编号被改过：它其实是用 {key_id} 封的。前面 {entries} 条都对得上。",
        "The key id of {which} was changed: it was really sealed with {key_id}. The {entries} before it fit.",
    ),
    Fault.KEY_UNKNOWN: (
        "{which}写着用密钥 {key_id} 封的，手头没有这把密钥，从这一条起没法核对。密钥如果已经换下，请放进 NUANLIU_AUDIT_KEYS；如果从来没有这把密钥，就是有人改过编号。",
        "The key {key_id} that {which} names is not at hand, so nothing from there on can be checked. A retired key belongs into NUANLIU_AUDIT_KEYS; if there never was such a key, somebody changed the id.",
    ),
    Fault.CUT: (
        "末尾被截去：{which}不见了。留下的 {entries} 条都对得上。",
        "The tail was cut off: gone are {which}. The {entries} that are left fit.",
    ),
    Fault.OLD_COPY: (
        "数据库是一份旧副本，或者末尾被截去：末端锚记得{which}，数据库里没有，或者不是当时那一条。如果是恢复了备份，请用 nuanliu audit accept 说明。",
        "The database is an older copy, or its tail was cut off: the anchor knows {which}, which the database has not, or not as it was. If a backup was restored, say so with nuanliu audit accept.",
    ),
    Fault.HEAD_WRONG: (
        "数据库里记的末端和第 {entry} 条对不上：末端记录被改过。",
        "The database's own note of the end does not fit entry {entry}: the note was changed.",
    ),
    Fault.ANCHOR_MISSING: (
        "{entries} 条记录彼此都对得上，但找不到末端锚，看不出末尾有没有被截去、是不是旧副本。请查 NUANLIU_AUDIT_DIR 是否可写、有没有变；换了机器或丢了锚，请用 nuanliu audit accept 说明。",
        "The {entries} entries fit one another, but there is no anchor to show that the tail is complete and the copy current. Is NUANLIU_AUDIT_DIR writable, and the same as before? After a move or a loss, say so with nuanliu audit accept.",
    ),
    Fault.ANCHOR_FORGED: (
        "{entries} 条记录彼此都对得上，但末端锚的封印不对：锚文件坏了，或被人改过。查明以后用 nuanliu audit accept 说明。",
        "The {entries} entries fit one another, but the anchor's own seal is wrong: the file is damaged or was changed. Find out why, then say so with nuanliu audit accept.",
    ),
}


def told(figures: Mapping[str, Any], *, locale: str | None = None) -> str:
    """The verdict in one or two sentences, from the figures of `matcher.usecases.audit`."""
    fault = figures.get("fault")
    numbers = {name: number(value) for name, value in figures.items() if isinstance(value, int)}
    if fault:
        several = figures["until"] != figures["entry"]
        which = pick(UNTIL if several else ONE, locale).format(**numbers)
        return pick(FAULTS[Fault(fault)], locale).format(**{"key_id": "?", **figures, **numbers, "which": which})
    return pick(WHOLE if figures["entries"] else EMPTY, locale).format(**numbers)


def remarks(figures: Mapping[str, Any], *, waiting: int = 0, locale: str | None = None) -> list[str]:
    """What else is worth knowing about a whole trail."""
    numbers = {name: number(value) for name, value in figures.items() if isinstance(value, int)}
    found = []
    if not figures.get("fault") and figures["entries"]:
        behind = figures["anchored"] < figures["last"]
        found.append(pick(BEHIND if behind else ANCHORED, locale).format(**numbers))
    if waiting:
        found.append(pick(WAITING, locale).format(waiting=number(waiting)))
    return found
