"""Tables of files speak as the pages do: whatever a page calls a thing, a table may call it, too; and the command."""

import json

import pytest
from sqlmodel import select

from matcher.domain.terms import Role
from matcher.files.hardship_words import CODES, HEADINGS, MEMBER_HEADINGS
from matcher.files.reading import header_key
from matcher.files.words import codebook
from matcher.store.tables import HardshipFile
from matcher.usecases.file_columns import file_fields
from matcher.usecases.file_fields import FIELDS, MEMBER
from seeds import reference
from tests.conftest import KEYRING_TEXT
from tests.factories import a_county, an_account, an_installation
from tests.file_tables import a_table
from web import cli
from web.file_field_words import FIELD_WORDS, MEMBER_WORDS
from web.labels import label


@pytest.mark.parametrize("codes", CODES, ids=lambda codes: codes.__name__)
def test_the_words_of_pages_are_read(codes):
    book = codebook(CODES[codes])
    for code in CODES[codes]:
        for language in ("zh", "en"):
            word = label(code, locale=language)
            assert book.get(word.lower()) is code, word


def test_the_boxes_of_the_form_are_columns_under_their_own_names():
    for section in FIELDS.values():
        for box in section:
            said = {header_key(title) for title in HEADINGS[box.name]}
            assert header_key(FIELD_WORDS[box.name][0][0]) in said, box.name
    for box in MEMBER:
        said = {header_key(title) for title in MEMBER_HEADINGS[box.name]}
        word = MEMBER_WORDS[box.name][0] if box.name in MEMBER_WORDS else FIELD_WORDS[box.name][0][0]
        assert header_key(word) in said, box.name


def test_no_heading_means_two_columns():
    columns = [{header_key(title) for title in (f.name, *f.aliases)} for f in file_fields(reference.places())]
    keys = [key for column in columns for key in column]
    doubled = {key for key in keys if keys.count(key) > 1}
    assert doubled == set()


def test_the_template_is_a_table_without_rows(visitor_as):
    caseworker = visitor_as(Role.CASEWORKER)
    answer = caseworker.get("/files/import/template")
    assert answer.data.startswith(b"PK") and "attachment" in answer.headers["Content-Disposition"]


def test_the_command_checks_writes_and_names_bad_rows(sqlite_database, tmp_path, monkeypatch, capsys):
    with sqlite_database.write() as session:
        an_installation(session, is_demo=True)
        county = a_county(session)
        an_account(session, unit=county, username="zhou")
        session.commit()
    url = sqlite_database.url.render_as_string(hide_password=False)
    for name, value in {
        "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "a key for the command 0123456789",
        "ENCRYPTION_KEYS": KEYRING_TEXT, "LOCALE": "zh",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"NUANLIU_{name}", value)
    table, report = tmp_path / "t.csv", tmp_path / "wrong.csv"
    table.write_bytes(a_table(20, unit=county.name, bad_every=10).csv())

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["nuanliu", "import", "files", str(table), *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    code, out, err = run("--as", "zhou", "--dry-run", "--report", str(report))
    assert (code, out.strip()) == (1, "20 行：可以写入 18，已经有了 0，要改 2。")
    assert "第 11 行" in err and "身份证号" in err and len(report.read_text("utf-8-sig").splitlines()) == 3
    assert json.loads(run("--as", "zhou", "--json")[1])["good"] == 18
    assert json.loads(run("--as", "zhou", "--json")[1])["known"] == 18
    with sqlite_database.read() as session:
        assert len(session.exec(select(HardshipFile)).all()) == 18
    code, _out, err = run("--as", "nobody")
    assert code == 3 and err.strip()
