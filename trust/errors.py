"""The exceptions of Perseus.

PerseusError
|- MalformedError          bytes, a value or a file is not what it must be: where, expected, found
|- NotPermittedError       a party declines to act: what it would not do, and why
|- UnavailableError        something that must be asked for cannot be had now
|- SignatureMismatchError  a signature does not fit a key and a message
|- CommitmentError         a commitment or the opening of a sum does not hold
`- Refused                 a caller required a verdict that is not yes (trust.report)

An answer about a credential is a Check inside a Report, never an exception; what is no PerseusError is a bug.
"""

from typing import ClassVar


class PerseusError(Exception):
    """Anything that the caller or the wire did wrong, with a stable `type` URL (RFC 9457, section 3.1.1)."""

    type: ClassVar[str] = "https://w3id.org/perseus/v1/problems/error"
    code: str

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class MalformedError(PerseusError):
    """Something is not what it must be: `where` is a JSON pointer, a line or the name of an argument."""

    type = "https://w3id.org/perseus/v1/problems/malformed"

    def __init__(self, where: str, *, expected: str, found: str, code: str = "format.unparseable") -> None:
        super().__init__(f"{where}: expected {expected}, found {found}", code=code)
        self.where = where
        self.expected = expected
        self.found = found

    def within(self, outer: str) -> "MalformedError":
        """Say the same about a part of `outer`, so that a file or a message is named as well."""
        return MalformedError(
            f"{outer}: {self.where}", expected=self.expected, found=self.found, code=self.code
        )


class NotPermittedError(PerseusError):
    """A party declines to act, because the rules of the scheme do not let it."""

    type = "https://w3id.org/perseus/v1/problems/not-permitted"

    def __init__(self, act: str, *, because: str, code: str) -> None:
        super().__init__(f"{act} is refused: {because}", code=code)
        self.act = act
        self.because = because


class UnavailableError(PerseusError):
    """Something that must be asked for cannot be had now; asking again later may help."""

    type = "https://w3id.org/perseus/v1/problems/unavailable"

    def __init__(self, what: str, *, because: str, code: str) -> None:
        super().__init__(f"{what} cannot be had: {because}", code=code)
        self.what = what
        self.because = because


class SignatureMismatchError(PerseusError):
    """A signature does not fit the key and the message it came with."""

    type = "https://www.w3.org/TR/vc-data-integrity#PROOF_VERIFICATION_ERROR"

    def __init__(self, because: str) -> None:
        super().__init__(f"the signature does not fit: {because}", code="signature.mismatch")
        self.because = because


class CommitmentError(PerseusError):
    """A commitment, or the opening of a weighted sum of commitments, does not hold or may not be made."""

    type = "https://w3id.org/perseus/v1/problems/commitment"

    def __init__(self, because: str, *, code: str = "calculation.opening") -> None:
        super().__init__(because, code=code)
