"""Units of quantity in English, (one, many); units not listed stay as they were written."""

UNITS: dict[str, tuple[str, str]] = {
    "元": ("yuan", "yuan"),
    "份": ("pack", "packs"),
    "件": ("item", "items"),
    "床": ("quilt", "quilts"),
    "台": ("set", "sets"),
    "袋": ("bag", "bags"),
    "桶": ("barrel", "barrels"),
    "个": ("piece", "pieces"),
    "个名额": ("place", "places"),
    "名额": ("place", "places"),
    "个岗位": ("job", "jobs"),
    "床位": ("bed", "beds"),
    "人": ("person", "people"),
    "人次": ("visit", "visits"),
    "户": ("household", "households"),
    "张": ("ticket", "tickets"),
    "套": ("set", "sets"),
    "次": ("time", "times"),
    "小时": ("hour", "hours"),
    "座": ("seat", "seats"),
    "个座位": ("seat", "seats"),
    "辆": ("vehicle", "vehicles"),
    "斤": ("jin", "jin"),
    "公斤": ("kg", "kg"),
    "吨": ("tonne", "tonnes"),
    "盒": ("box", "boxes"),
    "箱": ("carton", "cartons"),
    "双": ("pair", "pairs"),
    "条": ("piece", "pieces"),
}


def english_unit(unit: str, quantity: object = 2) -> str:
    """The English word for a unit beside this quantity."""
    one, many = UNITS.get(unit, (unit, unit))
    return one if quantity == 1 else many
