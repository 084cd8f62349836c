"""What a person is looked at for, as a form tells it."""

from flask import request

from matcher.domain.terms import RevealPurpose
from matcher.errors import FieldProblem, InvalidFields

ASKED = {purpose.value: purpose for purpose in RevealPurpose if purpose is not RevealPurpose.HAND_OVER}


def reveal_purpose() -> RevealPurpose:
    """Raises InvalidFields when none was chosen."""
    chosen = ASKED.get(request.form.get("purpose", ""))
    if chosen is None:
        raise InvalidFields([FieldProblem("purpose", "choose_reveal_purpose")])
    return chosen
