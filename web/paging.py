"""Long tables in pages: the page asked for, never outside what is there."""

from dataclasses import dataclass

from flask import request

PAGE_SIZE = 50
OURS = frozenset({"endpoint", "kind", "self"})


@dataclass(frozen=True, slots=True)
class Paging:
    page: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def last(self, total: int) -> int:
        return max(1, -(-total // self.size))


def kept() -> dict[str, str]:
    """The filters of the address bar, to be carried into another address; what `url_for` itself would take is not."""
    return {name: value for name, value in request.args.items() if not name.startswith("_") and name not in OURS}


def asked(size: int = PAGE_SIZE) -> Paging:
    """The page of the address bar; anything that is not a page number is the first."""
    number = request.args.get("page", default=1, type=int) or 1
    return Paging(min(max(number, 1), 100_000), size)
