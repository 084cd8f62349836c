"""The demo in a real database: what the summary says is what is there."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, func, make_url, text
from sqlmodel import col, select

from matcher.domain.terms import NeedStatus, OfferStatus, Role
from matcher.errors import InvalidFields
from matcher.store.session import Database
from matcher.store.tables import (
    Account,
    Delivery,
    Division,
    Donor,
    Household,
    Installation,
    MatchRun,
    Need,
    Offer,
    Proposal,
    ProposalStep,
    Unit,
)
from matcher.usecases import operations
from seeds.demo import DemoSummary, SignIn, fill
from seeds.load import load_reference

PASSWORD = "kite-river-lamp"
CONTRACTED = {
    "city": Role.CITY,
    "county-410802": Role.CASEWORKER,
    "county-410823": Role.CASEWORKER,
    "review-410823": Role.REVIEWER,
    "grassroots-1": Role.CASEWORKER,
    "contact-1": Role.CONTACT,
    "worker-1": Role.WORKER,
    "finance": Role.FINANCE,
    "auditor": Role.AUDITOR,
    "charity-1": Role.CHARITY,
    "enterprise-1": Role.ENTERPRISE,
    "sysadmin": Role.SYSADMIN,
    "secadmin": Role.SECADMIN,
    "auditadmin": Role.AUDITADMIN,
}


NOW = datetime(2019, 1, 9, 1, 0, tzinfo=UTC)
Filled = tuple[Database, DemoSummary]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A small demo, made once per kind of database; these tests only read it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{path}"
    else:
        server = make_url(request.getfixturevalue("postgres_server"))
        url = server.set(database=_copy_of_template(request)).render_as_string(hide_password=False)
    database = Database(url)
    yield database, fill(database, families=150, now=NOW, password=PASSWORD)
    database.dispose()


def _copy_of_template(request: pytest.FixtureRequest) -> str:
    server = request.getfixturevalue("postgres_server")
    template, name = request.getfixturevalue("postgres_template"), f"demo_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return name


def test_the_summary_counts_what_the_database_holds(filled: Filled):
    database, summary = filled
    with database.read() as session:

        def count(table: type, *where: object) -> int:
            return session.exec(select(func.count()).select_from(table).where(*where)).one()

        assert summary.families == count(Household) == 150
        assert summary.divisions == count(Division)
        assert summary.unions == count(Unit)
        assert summary.organisations == count(Donor)
        assert summary.offers == count(Offer)
        assert summary.open_offers == count(Offer, col(Offer.status) == OfferStatus.OPEN)
        assert summary.open_needs == count(Need, col(Need.status) == NeedStatus.OPEN)
        assert summary.helped_last_season + summary.waiting_for_delivery == count(Delivery) == count(Proposal) > 0


def test_every_contracted_account_is_there_and_has_its_place(filled: Filled):
    database, summary = filled
    with database.read() as session:
        accounts = {account.username: account for account in session.exec(select(Account))}
        assert {name: account.role for name, account in accounts.items()} == CONTRACTED
        assert all(account.is_demo for account in accounts.values())
        own = session.get(Household, accounts["worker-1"].household_id)
        assert own is not None
        needs = session.exec(select(Need.id).where(col(Need.household_id) == own.id, Need.status == NeedStatus.OPEN))
        assert needs.first() is not None
        charity = session.exec(select(Offer).where(col(Offer.donor_id) == accounts["charity-1"].donor_id)).all()
        assert any(offer.regions == ["410823"] and offer.status is OfferStatus.OPEN for offer in charity)
        paired = session.exec(select(Household.id).where(col(Household.contact_account_id) == accounts["contact-1"].id))
        assert paired.first() is not None
    assert {line.username: line.password for line in summary.sign_ins} == dict.fromkeys(CONTRACTED, PASSWORD)


def test_the_books_of_last_season_agree(filled: Filled):
    database, _ = filled
    books = operations.reconcile(database=database, now=NOW)
    assert books.agree, books.differences


def test_nothing_of_this_season_is_decided(filled: Filled):
    database, _ = filled
    with database.read() as session:
        run = session.exec(select(MatchRun)).one()
        assert run.trigger == "nightly" and run.as_of == date(2018, 11, 30)
        assert {proposal.run_id for proposal in session.exec(select(Proposal))} == {run.id}
        installation = session.get(Installation, 1)
        assert installation is not None and installation.is_demo


def test_money_of_last_season_had_two_people(filled: Filled):
    database, _ = filled
    with database.read() as session:
        money = session.exec(select(Proposal).where(col(Proposal.is_money))).all()
        assert money
        assert all(p.decided_by and p.approved_by and p.decided_by != p.approved_by for p in money)
        steps = session.exec(select(func.count()).select_from(ProposalStep)).one()
        assert steps == sum(p.version - 1 for p in session.exec(select(Proposal)))


def test_each_account_gets_its_own_password_when_none_is_given(sqlite_database: Database, now: datetime):
    summary = fill(sqlite_database, families=5, now=now)
    assert len({line.password for line in summary.sign_ins}) == len(CONTRACTED)


def test_a_refused_password_leaves_nothing_behind(sqlite_database: Database, now: datetime):
    with pytest.raises(InvalidFields):
        fill(sqlite_database, families=5, now=now, password="short")
    with sqlite_database.read() as session:
        assert session.exec(select(func.count()).select_from(Household)).one() == 0
        assert session.exec(select(func.count()).select_from(Division)).one() == 0


def test_reference_data_may_be_loaded_again(database: Database, now: datetime):
    for _ in range(2):
        with database.write() as session:
            loaded = load_reference(session, now=now)
            session.commit()
    with database.read() as session:
        rows = tuple(session.exec(select(func.count()).select_from(table)).one() for table in (Division, Unit))
        assert rows == loaded
        zone = session.exec(select(Unit).where(Unit.code == "JZ-SFQ")).one()
        city = session.exec(select(Unit).where(Unit.code == "JZ")).one()
        assert zone.parent_id == city.id and zone.path == f"/{city.id}/{zone.id}/"
        assert zone.division_code == "410811"


def test_a_changed_name_is_corrected(sqlite_database: Database, now: datetime):
    with sqlite_database.write() as session:
        load_reference(session, now=now)
        unit = session.exec(select(Unit).where(Unit.code == "JZ-410823")).one()
        division = session.get(Division, "410823")
        assert division is not None
        unit.name, division.name = "旧名", "旧名"
        session.flush()
        load_reference(session, now=now)
        session.expire_all()
        assert session.exec(select(Unit.name).where(Unit.code == "JZ-410823")).one() == "武陟县总工会"
        assert session.exec(select(Division.name).where(Division.code == "410823")).one() == "武陟县"


def test_the_summary_speaks_both_languages():
    counts = {name: n for n, name in enumerate(DemoSummary.__dataclass_fields__, 2) if name != "sign_ins"}
    one = SignIn(username="city", password=PASSWORD, role=Role.CITY, place="JZ")
    summary = DemoSummary(**counts, sign_ins=(one,))
    for locale in ("zh", "en"):
        told = "\n".join(summary.lines(locale))
        assert all(f"{number}" in told for number in counts.values())
        assert PASSWORD not in told
    assert "虚构家庭" in "".join(summary.lines("zh")) and "invented families" in "".join(summary.lines("en"))
