"""Does the register at hand answer for the size, or the moment, that a verdict is asked for?"""

from verifiers.case import Case
from verifiers.finding import Finding, unknown
from verifiers.wording import moment


def beyond(case: Case) -> Finding | None:
    """Say why the copy cannot tell what was known then, or nothing (register.md, two clocks an event)."""
    register, size = case.register, case.known_at
    if register is None or size is None or 0 < size <= register.size:
        return None
    if size > register.size:
        return unknown(
            "register.out_of_range",
            f"The copy has {register.size} entries, and {size} were asked for.",
            expected=f"{size} entries",
            found=f"{register.size} entries",
            remedy=f"Fetch the register anew, or ask for at most {register.size} entries.",
        )
    begun = register.event(0).event.effective
    return unknown(
        "register.out_of_range",
        f"The register of {register.anchor.scheme} had no entry yet: it begins on {moment(begun)}.",
        expected=f"a moment since {moment(begun)}",
        found="no entry",
        remedy="Ask for a later moment, or for what is known now.",
    )
