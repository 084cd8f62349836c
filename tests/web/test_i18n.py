"""Chinese is the source, English the catalogue; both are whole."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web.i18n import CATALOGUES, merged_catalogue

WEB = Path(__file__).parents[2] / "web"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "pgettext": ((1, "c"), 2)}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true"}}


def extracted(*, plurals_only=False):
    found = {}
    for file, line, message, _comments, _context in extract_from_dir(
        WEB, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda folder: "__pycache__" not in folder
    ):
        if plurals_only and isinstance(message, str):
            continue
        key = message if isinstance(message, str) else message[0]
        found.setdefault(key, f"{file}:{line}")
    return found


def test_every_text_has_its_english():
    catalogue = merged_catalogue()
    missing = [f"{where}: {text}" for text, where in extracted().items() if text not in catalogue]
    assert missing == []


def test_every_text_that_counts_has_one_and_many():
    catalogue = merged_catalogue()
    single = [f"{where}: {text}" for text, where in extracted(plurals_only=True).items()
              if isinstance(catalogue[text].string, str)]  # fmt: skip
    assert single == []


def test_no_catalogue_keeps_words_nobody_says():
    said = set(extracted())
    stale = [
        f"{path.name}: {message.id}"
        for path in CATALOGUES.glob("*.po")
        for message in read_po(path.open("rb"))
        if message.id and (message.id if isinstance(message.id, str) else message.id[0]) not in said
    ]
    assert stale == []


def names(text):
    return sorted(set(re.findall(r"%\((\w+)\)", text)))


def test_placeholders_agree():
    for message in merged_catalogue():
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        for english in [message.string] if isinstance(message.string, str) else message.string:
            assert names(source) == names(english), source


def test_english_is_english_and_chinese_is_chinese():
    for message in merged_catalogue():
        if message.id:
            texts = [message.string] if isinstance(message.string, str) else message.string
            for english in texts:
                assert english and not re.search("[\u4e00-\u9fff]", english), english


def test_files_do_not_translate_the_same_words_differently():
    seen = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        for message in read_po(path.open("rb")):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                assert seen.setdefault(key, message.string) == message.string, f"{path.name}: {key}"


@pytest.mark.parametrize(
    ("wish", "lang"), [("zh-CN,zh;q=0.9", "zh-CN"), ("en-US,en;q=0.9", "en"), ("fr", "zh-CN"), ("", "zh-CN")]
)
def test_the_browser_chooses_first(visitor, wish, lang):
    text = visitor.get("/login", headers={"Accept-Language": wish}).text
    assert f'<html lang="{lang}">' in text


def test_a_choice_wins_over_the_browser_and_stays(visitor):
    visitor.get("/login?lang=en")
    assert "Sign in to Nuanliu" in visitor.get("/login", headers={"Accept-Language": "zh-CN"}).text
    assert visitor.send("/language", locale="zh", next="/login").location == "/login"
    assert "登录暖流" in visitor.get("/login", headers={"Accept-Language": "en"}).text
    visitor.send("/language", locale="xx")
    assert "登录暖流" in visitor.get("/login").text


def test_the_installation_may_settle_it(app_settings, sqlite_database):
    from web import create_app

    client = create_app(app_settings.model_copy(update={"locale": "en"}), sqlite_database).test_client()
    assert '<html lang="en">' in client.get("/login", headers={"Accept-Language": "zh-CN"}).text
