"""The error tree. Codes are stable; words live in `web/labels.py`.

NuanliuError
├── RefusedInput          input that cannot be used; nothing was written        exit 3, HTTP 400
│   └── InvalidFields     one problem per field, shown beside it                HTTP 422
├── NotFound              absent, or outside one's reach: the same answer        HTTP 404
├── NotPermitted          seen, but this person may not do this                  HTTP 403
├── Conflict              someone else was first; nothing was written            HTTP 409
│   ├── StaleVersion      the object changed since it was shown
│   ├── OfferExhausted    the offer has less left than asked for
│   ├── WrongState        the object's state does not allow the step
│   └── LeaseLost         a job was taken over; its former holder may not write
├── Cancelled             a person stopped the job                               nothing was written
├── NotEligible           a hard rule refuses; carries the verdict               HTTP 422
└── SetupProblem          the installation is not ready: one sentence, what to do  exit 3
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from matcher.domain.reasons import Verdict


class NuanliuError(Exception):
    """Base. `code` is stable, `params` fill its sentence and never hold personal data."""

    code = "error"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        super().__init__(code or self.code)
        self.code = code or type(self).code
        self.params = params


class RefusedInput(NuanliuError):
    code = "refused_input"


@dataclasses.dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: its name, a code, and what the sentence needs."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


class InvalidFields(RefusedInput):
    code = "invalid_fields"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class NotFound(NuanliuError):
    code = "not_found"


class NotPermitted(NuanliuError):
    code = "not_permitted"


class Conflict(NuanliuError):
    code = "conflict"


class StaleVersion(Conflict):
    code = "stale_version"


class OfferExhausted(Conflict):
    code = "offer_exhausted"  # params: left, asked, unit


class WrongState(Conflict):
    code = "wrong_state"  # params: state, wanted


class LeaseLost(Conflict):
    code = "lease_lost"


class Cancelled(NuanliuError):
    code = "cancelled"


class NotEligible(NuanliuError):
    code = "not_eligible"

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


class SetupProblem(NuanliuError):
    code = "setup_problem"
