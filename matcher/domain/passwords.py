"""What a password must be beyond long and uncommon, and when it must be changed (SEC5).

Two profiles: `asvs` asks for length and for a change only when somebody else chose the password (OWASP ASVS 4.0.3,
V2.1); `dengbao` asks for complexity and regular change as well (GB/T 22239-2019, 8.1.4.1 a).
"""

from datetime import datetime, timedelta

from matcher.domain.network_terms import PasswordProfile, SecondFactor
from matcher.domain.terms import Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
KINDS = 3
"""How many of small letters, capital letters, digits and other characters `dengbao` wants."""
ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})
REMEMBERED = 5
"""How many former passwords are kept as hashes, so that `dengbao` can refuse them."""
COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "12345678910",
        "123456789a",
        "a123456789",
        "qwertyuiop",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qwer123456",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "iloveyou123",
        "admin12345",
        "admin123456",
        "administrator",
        "woaini1314",
        "woaini520520",
        "5201314520",
        "1111111111",
        "0000000000",
        "8888888888",
        "6666666666",
        "1122334455",
        "123123123123",
        "abcd123456",
        "abc1234567",
        "abcdefghij",
        "asdfghjkl1",
        "zxcvbnm123",
        "147258369a",
        "1314520520",
        "nuanliu123",
        "nuanliu1234",
        "nuanliu2024",
        "nuanliu2025",
        "nuanliu2026",
        "gonghui123",
        "gonghui1234",
        "jiaozuo123",
        "jiaozuo1234",
        "changeme123",
        "welcome123",
        "letmein123",
    ]
)


def kinds_of(password: str) -> int:
    """How many kinds of characters occur: small letters, capital letters, digits, anything else; 0 to 4."""
    tests = (str.islower, str.isupper, str.isdigit, lambda c: not (c.islower() or c.isupper() or c.isdigit()))
    return sum(any(test(character) for character in password) for test in tests)


def weakness(
    password: str, username: str, profile: PasswordProfile = PasswordProfile.ASVS
) -> tuple[str, dict[str, int]] | None:
    """What is wrong with a new password, as (problem, params), or None: too short or long, the account's name in it,
    common, or for `dengbao` too simple."""
    if len(password) < SHORTEST_PASSWORD:
        return "password_short", {"least": SHORTEST_PASSWORD}
    if len(password) > LONGEST_PASSWORD:
        return "too_long", {"most": LONGEST_PASSWORD}
    if username and username.lower() in password.lower():
        return "password_is_name", {}
    if password.lower() in COMMON or len(set(password)) < 4:
        return "password_common", {}
    if profile is PasswordProfile.DENGBAO and kinds_of(password) < KINDS:
        return "password_simple", {"kinds": KINDS}
    return None


def is_over(changed_at: datetime, now: datetime, profile: PasswordProfile, *, days: int) -> bool:
    """Whether a password has served its time; under `asvs` it never has."""
    return profile is PasswordProfile.DENGBAO and now - changed_at >= timedelta(days=days)


def wants_second_step(role: Role, policy: SecondFactor) -> bool:
    """Whether somebody in this role must sign in with a code beside the password."""
    return policy is SecondFactor.REQUIRED or (policy is SecondFactor.ADMINISTRATORS and role in ADMINISTRATORS)
