"""What a result file of `match` claims: proposals as they were written, to be checked again."""

from pathlib import Path

from matcher.domain.claims import ClaimColumns
from matcher.domain.terms import ScorePart
from matcher.files import values as read
from matcher.files.problems import RowProblem
from matcher.files.reading import Field, RowReader, recogniser
from matcher.files.table import read_table

FIELDS = (
    Field("need_id", (), read.text_of(64), required=True),
    Field("offer_id", (), read.text_of(64), required=True),
    Field("quantity", (), read.whole(), required=True),
    Field("unit", (), read.text_of(12)),
    Field("score", (), read.whole(0, 1000), required=True),
    *(Field(part.value, (), read.whole(0, 1000), required=True) for part in ScorePart),
)


def read_claims(source: Path | bytes, name: str = "") -> tuple[ClaimColumns, list[RowProblem]]:
    """Proposals of a result file and the rows that cannot be read. Raises RefusedInput.

    A file with a header and no rows claims nothing.
    """
    reader = RowReader(read_table(source, name, is_header=recogniser(FIELDS), may_be_empty=True), FIELDS)
    columns = {field.name: reader.column(field.name) for field in FIELDS}
    bad = {problem.row for problem in reader.problems}
    keep = [k for k, (row, _) in enumerate(reader.table.rows) if row not in bad]
    kept = {name: [column[k] for k in keep] for name, column in columns.items()}
    claims = ClaimColumns(
        need_id=kept["need_id"],
        offer_id=kept["offer_id"],
        quantity=kept["quantity"],
        unit=kept["unit"],
        score=kept["score"],
        parts={part: kept[part.value] for part in ScorePart},
    )
    return claims, reader.problems
