"""Writers wait for each other instead of failing or losing an update."""

import threading

from sqlmodel import select

from matcher.store.session import Database
from matcher.store.tables import Offer
from matcher.store.unit_of_work import UnitOfWork
from tests.factories import an_offer


def test_read_then_write_from_several_threads_loses_nothing(database: Database) -> None:
    with database.write() as session:
        offer_id = an_offer(session).id
        session.commit()
    failures: list[Exception] = []

    def add_fifty() -> None:
        for _ in range(50):
            try:
                with UnitOfWork(database) as uow:
                    uow.get(Offer, offer_id, lock=True).reserved += 1
                    uow.commit()
            except Exception as error:  # collected and asserted below
                failures.append(error)

    threads = [threading.Thread(target=add_fifty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert (failures, session.exec(select(Offer.reserved)).one()) == ([], 200)


def test_leaving_without_commit_writes_nothing(database: Database) -> None:
    with database.write() as session:
        offer_id = an_offer(session).id
        session.commit()
    with UnitOfWork(database) as uow:
        uow.get(Offer, offer_id).reserved = 7
    with database.read() as session:
        assert session.exec(select(Offer.reserved)).one() == 0
