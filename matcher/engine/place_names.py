"""Finding the names of divisions inside running text: 武陟县, 孟州, 四川达州, 湖北省武汉市江岸区."""

from matcher.domain.regions import Places, pairs_of

_SUFFIXES = ("自治州", "地区", "省", "市", "县", "区", "州", "盟", "旗")
_COMMON_WORDS = """
    解放 博爱 中站 和平 新华 朝阳 东方 平安 安康 长安 城关 太平 安全 民乐 长寿 保定 吉安 安定 永定 富裕 友好 南山
    东山 大通 建设 开发 文明 向阳 光山 同心 兴业 繁峙 团结 高新 西区 东区 南区 北区 中山 宝山 金山 仙居 长治 大同
    安宁 平和 通道 互助 红旗 老河 大方 泰来 平顺 五一 公安 保康 安居 康乐 永安 保安 前进 工农 东风 民主 新兴 龙山
    凤凰 市中 安阳 温泉 神木 天长 海城 江山 丰台 清河 临时 桃源 文化 应县 中方 中心 东台 义马 安福 万安 安远 平定
    乐业 凌云 会同 正阳 阳光 同仁 平乐 永和 吉祥 和顺 长乐 大余 广安 高密 东明 中阳 上思 乐安 定安 万年 金沙 江北
    江南 河口 海安 太白 长江 黄河
"""
_ORDINARY = frozenset(_COMMON_WORDS.split())
"""Short names that are ordinary words (or far commoner as such): only the full name counts."""


class PlaceNames:
    """An index of names over all divisions; built once and shared. `home` (a division code) breaks ties."""

    def __init__(self, places: Places, rows: list[tuple[str, str]], home: str = "") -> None:
        self._places = places
        self._home = pairs_of(home) if home else ""
        self._index: dict[str, list[tuple[str, str]]] = {}
        full: dict[str, list[str]] = {}
        short: dict[str, list[str]] = {}
        for code, name in rows:
            full.setdefault(name, []).append(code)
            stem = _stem(name)
            if stem != name and len(stem) >= 2 and stem not in _ORDINARY and not name.endswith("区"):
                short.setdefault(stem, []).append(code)
        for table in (full, short):
            for name, codes in table.items():
                meant = self._one_of(codes)
                if meant and len(name) >= 2:
                    self._index.setdefault(name[:2], []).append((name, meant))
        for entries in self._index.values():
            entries.sort(key=lambda entry: (-len(entry[0]), entry[1]))

    def find_in(self, text: str) -> list[tuple[str, int, int]]:
        """(code, start, end) of every place named, left to right, the longest name at each spot; names that go
        down the same line (四川达州, 焦作市武陟县) are one place, the lowest."""
        found: list[tuple[str, int, int]] = []
        at = 0
        while at < len(text) - 1:
            entry = next((e for e in self._index.get(text[at : at + 2], ()) if text.startswith(e[0], at)), None)
            if entry is None:
                at += 1
                continue
            name, code = entry
            end = at + len(name)
            if found and found[-1][2] == at and code.startswith(pairs_of(found[-1][0])):
                found[-1] = (code, found[-1][1], end)
            else:
                found.append((code, at, end))
            at = end
        return found

    def _one_of(self, codes: list[str]) -> str | None:
        """The place meant by a name: the only one, the one at home, or the only one of the highest level."""
        if len(codes) == 1:
            return codes[0]
        near = [code for code in codes if self._home and code.startswith(self._home)]
        if len(near) == 1:
            return near[0]
        top = min(len(pairs_of(code)) for code in codes)
        highest = [code for code in codes if len(pairs_of(code)) == top]
        return highest[0] if len(highest) == 1 and top < 6 else None


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name
