"""The last unit is given once: 16 people at once, 512 attempts over HTTP, on SQLite and on PostgreSQL."""

import http.client
import re
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlmodel import Session, func, select
from waitress.server import create_server

from matcher.domain.terms import Category, DonorType, FundSource, OfferStatus
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Delivery, Need, Offer, SignIn
from matcher.usecases.signing_in import token_hash
from tests import factories as make
from tests.conftest import KEYRING_TEXT
from tests.factories import NOW
from web import create_app

CLIENTS = 16
OFFERS = 32  # each with one unit left, proposed to as many families as there are clients

pytestmark = pytest.mark.slow


class Client:
    """One signed-in browser without a window: a connection, a cookie, a form token."""

    def __init__(self, address: str, cookie: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
        self.headers = {"Cookie": cookie}
        page = self._ask("GET", "/account")[1]
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found, page[:400]
        self.token = found[1]

    def confirms(self, proposal_id: int) -> tuple[int, str]:
        form = urlencode({"csrf_token": self.token, "seen_version": 1})
        return self._ask("POST", f"/proposals/{proposal_id}/confirm", form)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        given = answer.getheader("Set-Cookie")
        if given:
            self.headers["Cookie"] = given.partition(";")[0]
        return answer.status, answer.read().decode("utf-8")


@contextmanager
def served(database: Database, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The application on a real server, and the cookies of sixteen caseworkers of one county."""
    settings = Settings(
        data_dir=folder,
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="a key for racing for the last unit",
        encryption_keys=KEYRING_TEXT,
        locale="zh",
    )
    app = create_app(settings, database)
    app.extensions["nuanliu"].clock = lambda: NOW
    server = create_server(app, host="127.0.0.1", port=0, threads=CLIENTS)
    thread = threading.Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    try:
        cookies = [_cookie(app, database) for _ in range(CLIENTS)]
        yield f"http://127.0.0.1:{server.effective_port}", cookies
    finally:
        server.close()
        thread.join(timeout=5)


def _run(server: Any) -> None:
    with suppress(OSError):  # closing takes the sockets away from under its loop
        server.run()


def _cookie(app: Flask, database: Database) -> str:
    token = secrets.token_urlsafe(16)
    with database.write() as session:
        account = make.an_account(session)
        session.add(
            SignIn(
                token_hash=token_hash(token),
                account_id=account.id or 0,
                started_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(hours=12),
            )
        )
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookies:
        cookies["sign_in"] = token
    found = client.get_cookie("nuanliu")
    assert found is not None
    return f"nuanliu={found.value}"


def rounds(session: Session) -> list[list[int]]:
    """For every offer the proposals that want its last unit."""
    make.an_installation(session)
    run = make.a_run(session)
    found = []
    for _ in range(OFFERS):
        offer = make.an_offer(session, quantity=10, reserved=9)
        found.append([make.a_proposal(session, offer=offer, run=run).id or 0 for _ in range(CLIENTS)])
    session.commit()
    return found


def race(clients: list[Client], proposals: list[int]) -> list[tuple[int, str]]:
    """Everybody presses at the same moment; the answers, in the order of the clients."""
    start = threading.Barrier(len(clients))
    answers: dict[int, tuple[int, str]] = {}

    def press(place: int) -> None:
        start.wait(timeout=60)
        answers[place] = clients[place].confirms(proposals[place])

    threads = [threading.Thread(target=press, args=(place,)) for place in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return [answers[place] for place in range(len(clients))]


def test_sixteen_people_want_the_last_unit(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        proposals = rounds(session)
    with served(database, tmp_path) as (address, cookies):
        clients = [Client(address, cookie) for cookie in cookies]
        answers = [race(clients, wanted) for wanted in proposals]
    statuses = Counter(status for answered in answers for status, _ in answered)
    assert statuses == {303: OFFERS, 409: OFFERS * (CLIENTS - 1)}
    assert all(Counter(status for status, _ in answered)[303] == 1 for answered in answers)
    lost = {page for answered in answers for status, page in answered if status == 409}
    assert all("这份资源刚被用掉了" in page and "没有重复扣减" in page for page in lost)
    with database.read() as session:
        assert {o.reserved for o in session.exec(select(Offer))} == {10}
        per_offer = session.exec(select(Delivery.offer_id, func.count()).group_by(Delivery.offer_id)).all()
        assert len(per_offer) == OFFERS and {count for _, count in per_offer} == {1}
        assert session.exec(select(func.sum(Need.promised))).one() == OFFERS


def test_one_proposal_pressed_by_all(database: Database, tmp_path: Path) -> None:
    """The same proposal open on sixteen desks: one confirms, the others are told."""
    with database.write() as session:
        proposal_id = rounds(session)[0][0]
    with served(database, tmp_path) as (address, cookies):
        answers = race([Client(address, cookie) for cookie in cookies], [proposal_id] * CLIENTS)
    assert Counter(status for status, _ in answers) == {303: 1, 409: CLIENTS - 1}
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Delivery)).one() == 1


def test_money_is_kept_for_both_or_neither(database: Database, tmp_path: Path) -> None:
    """Two needs of one family under one yearly limit of the donor: together they would go over it."""
    with database.write() as session:
        make.an_installation(session)
        run, home = make.a_run(session), make.a_household(session)
        money = {"category": Category.LIV, "unit": "元"}
        offer = make.an_offer(
            session,
            quantity=100_000,
            per_case_max=5000,
            cap_per_household_year=5000,
            fund_source=FundSource.DONATION,
            status=OfferStatus.OPEN,
            donor=make.a_donor(session, donor_type=DonorType.CHARITY),
            **money,
        )
        needs = [make.a_need(session, household=home, quantity=3000, **money) for _ in range(CLIENTS)]
        proposals = [make.a_proposal(session, need=n, offer=offer, run=run, quantity=3000).id or 0 for n in needs]
        session.commit()
    with served(database, tmp_path) as (address, cookies):
        answers = race([Client(address, cookie) for cookie in cookies], proposals)
    assert Counter(status for status, _ in answers) == {303: 1, 422: CLIENTS - 1}
    with database.read() as session:
        assert session.exec(select(Offer.reserved)).one() == 3000
