"""Rosters of visit groups from a file: whatever table a union keeps, as long as it has a column of names."""

from matcher.files import values as read
from matcher.files.limited import read_limited
from matcher.files.reading import Field, RowReader

FIELDS = (
    Field("name", ("姓名", "名字", "职工姓名"), read.text_of(40), required=True),
    Field("employer", ("单位", "工作单位", "所在单位", "车间"), read.text_of(60)),
    Field("phone", ("电话", "联系电话", "手机", "手机号", "联系方式"), read.text_of(30)),
    Field("hardship", ("困难", "是否困难", "困难职工"), read.yes_no),
)


def read_people(data: bytes, name: str, *, most: int) -> list[tuple[str, str, str, bool]]:
    """Name, employer, phone and hardship of each row, as written; other columns are left aside.

    Raises RefusedInput when the file as a whole cannot be used, with more than `most` rows among others.
    """
    reader = RowReader(read_limited(data, name, FIELDS, max_rows=most), FIELDS)
    hardship = [bool(told) for told in reader.column("hardship")]
    texts = (reader.texts(field) for field in ("name", "employer", "phone"))
    return [
        (who.strip(), employer.strip(), phone.strip(), poor)
        for who, employer, phone, poor in zip(*texts, hardship, strict=True)
    ]
