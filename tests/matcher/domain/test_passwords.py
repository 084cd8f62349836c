"""Profiles of passwords."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.domain.network_terms import PasswordProfile
from matcher.domain.passwords import is_over, kinds_of, weakness

THEN = datetime(2019, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "kinds"),
    [
        ("", 0),
        ("warm", 1),
        ("warm current", 2),
        ("Warm-current", 3),
        ("Warm-2019", 4),
        ("温暖的水流", 1),
        ("２０１９", 1),
    ],
)
def test_kinds_of_characters(password, kinds):
    assert kinds_of(password) == kinds


def test_only_the_strict_profile_finds_a_long_one_too_simple():
    assert weakness("a long warm current", "county-1") is None
    assert weakness("a long warm current", "county-1", PasswordProfile.DENGBAO) == ("password_simple", {"kinds": 3})
    assert weakness("A long warm current", "county-1", PasswordProfile.DENGBAO) is None


def test_only_the_strict_profile_ends_after_some_days():
    for days, strict in ((89, False), (90, True), (400, True)):
        later = THEN + timedelta(days=days)
        assert is_over(THEN, later, PasswordProfile.DENGBAO, days=90) is strict
        assert not is_over(THEN, later, PasswordProfile.ASVS, days=90)
