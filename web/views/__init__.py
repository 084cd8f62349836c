"""All blueprints, by subject. A page that is not here is not there."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from flask import Blueprint

SUBJECTS = (
    "account",
    "home",
    "health",
    "static_files",
    "my",
    "audit",
    "accounts",
    "settings",
    "proposals",
    "needs",
    "files",
    "filing",
    "file_imports",
    "file_form",
    "file_page",
    "file_reviews",
    "duplicates",
    "public_notices",
    "imports",
    "offers",
    "deliveries",
    "impact",
    "runs",
    "network",
    "referrals",
    "access",
    "plans",
    "visits",
    "invitations",
    "second_step",
    "rights",
    "retention",
    "model",
)


def blueprints() -> Iterator[Blueprint]:
    for subject in SUBJECTS:
        if find_spec(f"{__name__}.{subject}"):
            yield import_module(f"{__name__}.{subject}").bp
