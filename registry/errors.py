"""What can be wrong with a register as a whole, or with one event that is offered to it.

PerseusError
|- RegisterError       the copy at hand cannot be relied on: forked, rolled back, of another scheme or environment
|- BeyondError         the register does not reach the size or the moment that was asked for
`- EventRefusedError   one event breaks a rule of the scheme; in a log it is ignored and reported
"""

from trust.errors import PerseusError


class RegisterError(PerseusError):
    """The copy of the register cannot be relied on, so that no answer from it may be given."""

    type = "https://w3id.org/perseus/v1/problems/register"

    def __init__(self, sentence: str, *, code: str, expected: str = "", found: str = "") -> None:
        super().__init__(sentence, code=code)
        self.expected = expected
        self.found = found


class BeyondError(PerseusError):
    """The register does not reach the size or the moment that was asked for."""

    type = "https://w3id.org/perseus/v1/problems/register-beyond"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="http.beyond")


class EventRefusedError(PerseusError):
    """An event breaks a rule of the scheme; a log that holds it all the same has no effect by it."""

    type = "https://w3id.org/perseus/v1/problems/event-refused"
