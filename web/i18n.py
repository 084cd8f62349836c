"""Chinese is the source text, English the catalogue: all `translations/en/*.po`, merged in memory at the start."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale

from matcher.settings import Settings

CATALOGUES = Path(__file__).parent / "translations" / "en"
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


class OurDomain(Domain):
    """Words from memory instead of compiled files."""

    def get_translations(self) -> NullTranslations:
        return english() if language() == "en" else NullTranslations()


def init_app(app: Flask, settings: Settings) -> None:
    babel = Babel()
    babel.init_app(
        app,
        default_locale=LANGUAGES["zh"],
        default_timezone=settings.timezone,
        locale_selector=lambda: LANGUAGES[choose(settings)],
    )
    babel.domain_instance = OurDomain()
    app.jinja_env.globals.update(language=language)


def choose(settings: Settings) -> str:
    """The reader's own choice, else the account's, the installation's, the browser's, else Chinese."""
    if not has_request_context():
        return settings.locale or "zh"
    if request.args.get("lang") in LANGUAGES:
        session["locale"] = request.args["lang"]
    actor = g.get("actor")
    for wish in (session.get("locale"), g.get("account_locale") if actor else None, settings.locale):
        if wish in LANGUAGES:
            return str(wish)
    best = request.accept_languages.best_match(["zh", "en", "zh-CN", "zh-Hans", "en-US", "en-GB"], default="zh")
    return "en" if str(best).startswith("en") else "zh"


def language() -> str:
    """ "zh" or "en", for the page being made."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def merged_catalogue(folder: Path = CATALOGUES) -> Catalog:
    """All English words. The same text in two files keeps the first translation."""
    merged = Catalog(locale="en")
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id and message.string and message.id not in merged:
                    merged.add(message.id, message.string, flags=message.flags, context=message.context)
    return merged


@cache
def english() -> NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, merged_catalogue())
    compiled.seek(0)
    return Translations(compiled)
