"""Walking through pages in a real Chromium, in the words a person would use.

page = signed_in_as(Role.CASEWORKER).opens("/proposals").presses("不采纳")
assert page.errors == ["请选择不采纳的理由"]
"""

import os
import shutil
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """The Chromium of this machine: `NUANLIU_CHROMIUM`, or one on the path."""
    named = os.environ.get("NUANLIU_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        raise RuntimeError("Browser tests need Chromium: apt install chromium, or set NUANLIU_CHROMIUM to its path.")
    return found


def start_browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)


class Walk:
    """One browser window and what one does in it. Everything said on the console is kept in `console`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.console: list[str] = []
        page.on("console", lambda message: self._heard(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._heard(f"error: {error}"))
        page.set_default_timeout(10_000)

    def _heard(self, text: str) -> None:
        # Chromium reports every answer of 400 and more as an error; those are what the tests ask for
        if "Failed to load resource: the server responded with a status of 4" not in text:
            self.console.append(text)

    def opens(self, path: str) -> Self:
        self.answer = self.page.goto(self.url + path)
        return self

    @property
    def status(self) -> int:
        """Status of the last page that `opens` fetched."""
        assert self.answer is not None
        return self.answer.status

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    def presses(self, words: str, *, within: str | None = None, exact: bool = False) -> Self:
        """Press the button, link or fold with these words; a key when `words` is one letter or a key's name."""
        place = self.page.locator(within) if within else self.page
        for role in ("button", "link"):
            found = place.get_by_role(role, name=words, exact=exact).locator("visible=true")  # type: ignore[arg-type]
            if found.count():
                found.first.click()
                self.page.wait_for_load_state()
                return self
        fold = place.locator("summary", has_text=words).locator("visible=true")
        fold.first.click()
        return self

    def keys(self, *names: str) -> Self:
        for name in names:
            self.page.keyboard.press(name)
        self.page.wait_for_load_state()
        return self

    def fills(self, **values: str) -> Self:
        """Write into the fields with these names."""
        for name, value in values.items():
            self.page.locator(f'[name="{name}"]').locator("visible=true").first.fill(value)
        return self

    def picks(self, words: str, *, within: str | None = None) -> Self:
        """Choose the radio button or tick the box with these words."""
        place = self.page.locator(within) if within else self.page
        place.locator("label", has_text=words).locator("visible=true").first.click()
        return self

    def chooses(self, **values: str) -> Self:
        """Select from the lists with these names, by value or by words."""
        for name, value in values.items():
            self.page.locator(f'select[name="{name}"]').select_option(value)
        return self

    def sees(self, words: str) -> bool:
        """Whether these words stand on the page, however its lines break."""
        return _flat(words) in _flat(self.text)

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    @property
    def errors(self) -> list[str]:
        """The sentences beside the fields."""
        return [_flat_line(text) for text in self.page.locator(".nl-error").all_inner_texts()]

    def part(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def barriers(self) -> list[str]:
        """What axe finds wrong on this page; empty when everybody can use it."""
        found: dict[str, Any] = Axe().run(self.page).response
        return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def narrow_targets(self) -> list[str]:
        """Buttons and links of the frame and of forms that a thumb would miss (under 44 px high)."""
        script = """() => {
            const fields = 'select, input:not([type=hidden], [type=radio], [type=checkbox])';
            const parts = `button, .btn, .nl-tabs a, summary, ${fields}`;
            return [...document.querySelectorAll(parts)]
                .filter(e => !e.closest('.visually-hidden') && e.tabIndex >= 0)
                .filter(e => { const r = e.getBoundingClientRect(); return r.width && r.height && r.height < 43.5; })
                .map(e => e.outerHTML.slice(0, 120));
        }"""
        return list(self.page.evaluate(script))


def _flat(text: str) -> str:
    return "".join(text.split())


def _flat_line(text: str) -> str:
    return " ".join(text.split())
