"""A unit of work inside another one: a use case runs as one row of a larger act, all of it or nothing."""

from types import TracebackType
from typing import Self

from matcher.store.unit_of_work import UnitOfWork


class InnerUnitOfWork(UnitOfWork):
    """Shares the outer session. `commit()` keeps the row for the outer commit; leaving without it undoes the row."""

    def __init__(self, outer: UnitOfWork) -> None:
        super().__init__(outer.database)
        self.outer, self.session = outer, outer.session

    def __enter__(self) -> Self:
        self.trail = []
        self._savepoint = self.session.begin_nested()
        return self

    def commit(self) -> None:
        self.session.flush()
        self._savepoint.commit()
        self.outer.trail += self.trail

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._savepoint.is_active:
            self._savepoint.rollback()
