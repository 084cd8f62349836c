"""Reading an uploaded table in a child process with limited memory and time.

A spreadsheet of a few kilobytes may unpack to gigabytes. The child reads it and hands back plain rows; when it
runs out of memory or time only the child ends, and the upload is refused with one sentence.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from matcher.errors import RefusedInput
from matcher.files.reading import Field, header_key
from matcher.files.table import LostDigits, Table, read_table

SECONDS = 20
MEMORY_MB = 1024  # address space of the child, its libraries included
MAX_BYTES = 20 * 2**20
MAX_ROWS = 20_000


def read_limited(
    data: bytes,
    name: str,
    fields: Sequence[Field],
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
    seconds: int = SECONDS,
    memory_mb: int = MEMORY_MB,
) -> Table:
    """The table in an uploaded file whose header holds the required fields.

    Raises RefusedInput: what `read_table` raises, and file_too_big, too_many_rows, file_too_heavy.
    """
    if len(data) > max_bytes:
        raise RefusedInput("file_too_big", name=name, limit_mb=max_bytes // 2**20)
    wanted = [[header_key(title) for title in (f.name, *f.aliases)] for f in fields if f.required]
    order = {"name": name, "wanted": wanted, "max_rows": max_rows, "seconds": seconds, "memory_mb": memory_mb}
    sent = json.dumps(order).encode() + b"\n" + data
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__], input=sent, capture_output=True, timeout=seconds * 2, check=False
        )
    except subprocess.TimeoutExpired:
        raise RefusedInput("file_too_heavy", name=name) from None
    if child.returncode != 0:
        raise RefusedInput("file_too_heavy", name=name)
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise RefusedInput(answer["refused"], **answer["params"])
    return from_plain(name, answer)


def as_plain(table: Table) -> dict[str, Any]:
    """The table as JSON values; cells whose digits a spreadsheet lost are named apart."""
    lost = [
        (row, place)
        for row, (_number, cells) in enumerate(table.rows)
        for place, cell in enumerate(cells)
        if isinstance(cell, LostDigits)
    ]
    return {"header": table.header, "rows": table.rows, "lost": lost}


def from_plain(name: str, plain: dict[str, Any]) -> Table:
    """The table that `as_plain` was given."""
    rows = [(int(number), [str(cell) for cell in cells]) for number, cells in plain["rows"]]
    for row, cell in plain["lost"]:
        rows[row][1][cell] = LostDigits(rows[row][1][cell])
    return Table(name, [str(cell) for cell in plain["header"]], rows)


def main() -> None:
    """The child: an order in JSON on the first line, the file behind it; JSON back."""
    order = json.loads(sys.stdin.buffer.readline())
    memory = order["memory_mb"] * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    wanted = [set(names) for names in order["wanted"]]

    def is_header(cells: list[str]) -> bool:
        keys = {header_key(cell) for cell in cells}
        return all(names & keys for names in wanted)

    try:
        answer = _read(sys.stdin.buffer.read(), order["name"], is_header, order["max_rows"])
    except RefusedInput as refused:
        answer = {"refused": refused.code, "params": refused.params}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, default=list))


def _read(data: bytes, name: str, is_header: Any, max_rows: int) -> dict[str, Any]:
    table = read_table(data, name, is_header=is_header)
    if len(table.rows) > max_rows:
        raise RefusedInput("too_many_rows", name=name, found=len(table.rows), limit=max_rows)
    return as_plain(table)


if __name__ == "__main__":
    main()
