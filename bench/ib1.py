"""What the audit of an IB1 record of three signers costs, beside the verification by IB1's own library."""

from bench.timing import Figure, beside
from support.ib1 import NOW, framework, honest, library_verifies
from verifiers.ib1.audit import audit

_TIMES = 5


def audited() -> Figure:
    """Audit a record from its bytes, every rule, as an auditor who sees the same members again and again."""
    raw, ours = honest(), framework()
    pool, provider = ours.pool, ours.provider
    return beside(
        "ib1.audit",
        lambda: audit(raw, pool, at=NOW).overall,
        lambda: library_verifies(raw, provider),
        times=_TIMES,
    )
