"""Unified social credit codes (统一社会信用代码, GB 32100-2015): 18 characters, the last one checks the rest."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_WEIGHTS = tuple(3**place % 31 for place in range(17))


def check_character(first17: str) -> str:
    """The eighteenth character of a code. Raises ValueError for a character that may not occur."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def uscc_is_valid(code: str | None) -> bool:
    """Length, characters and check character are right (H12). Says nothing about whether the body exists."""
    if code is None or len(code) != 18 or any(char not in ALPHABET for char in code):
        return False
    return check_character(code[:17]) == code[17]
