"""The verdict in words: the tag, the headline, and the two answers apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from perseus.pages.exhibit import Verdict

TAGS: Mapping[str, str] = MappingProxyType(
    {"verified": "Verified", "not_verified": "Not verified", "undetermined": "Undetermined"}
)
TONES: Mapping[str, str] = MappingProxyType(
    {"verified": "passed", "not_verified": "failed", "undetermined": "unknown"}
)
_ANSWERED = MappingProxyType({"yes": "passed", "no": "failed", "unknown": "unknown"})
_GENUINE = MappingProxyType(
    {
        "yes": "Every document was signed by a member in its role, on consent, and the sum is right.",
        "no": "At least one document was not what it claims to be when it was signed.",
        "unknown": "What is at hand is not enough to say.",
    }
)
_USABLE = MappingProxyType(
    {
        "yes": "Nothing is revoked, withdrawn or expired, and it was presented to this bank.",
        "no": "Do not rely on it. The checks below name the reason and who can mend it.",
        "unknown": "Ask the carbon accounting provider for newer evidence before you rely on it.",
    }
)
_LATE = "Do not rely on it any longer. The checks below name what has changed."


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the verdict's two answers: the question, the answer, and what it means."""

    question: str
    answer: str
    meaning: str

    @property
    def tone(self) -> str:
        """Give the outcome whose colour and glyph it takes."""
        return _ANSWERED[self.answer]


@dataclass(frozen=True, slots=True)
class Headline:
    """What a reader must know before anything else."""

    tag: str
    tone: str
    sentence: str
    answers: tuple[Answer, Answer]


def headline_of(verdict: Verdict, *, reader: str) -> Headline:
    """Say a verdict in words for the one who must act on it."""
    overall = str(verdict["overall"])
    genuine, usable = str(verdict["authentic_at_signing"]), str(verdict["usable_now"])
    late = (genuine, usable) == ("yes", "no")
    answers = (
        Answer("Was it genuine when signed?", genuine, _GENUINE[genuine]),
        Answer("May it be used now?", usable, _LATE if late else _USABLE[usable]),
    )
    return Headline(TAGS[overall], TONES[overall], _sentence(overall, reader, late=late), answers)


def _sentence(overall: str, reader: str, *, late: bool) -> str:
    if late:
        return "Genuine when signed; may no longer be used"
    return {
        "verified": f"{reader} may rely on these figures",
        "not_verified": f"{reader} may not rely on this chain",
        "undetermined": f"{reader} cannot tell yet whether to rely on this chain",
    }[overall]
