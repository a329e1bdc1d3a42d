"""Is the method known, do the sealed readings open to the total, does the figure follow, is it the same again?"""

from dataclasses import replace
from decimal import Decimal

from trust.claims.consumption import Fuel
from trust.claims.emissions import METHOD, SCOPE_1, SCOPE_2, Emissions, Method, OpeningClaim, Row, kilograms
from trust.claims.gas import gas_factors
from trust.claims.halfhour import Month
from trust.errors import CommitmentError, MalformedError
from verifiers.case import Case
from verifiers.checks.format import claim_fault
from verifiers.checks.opening import blinded_alike, row_opens
from verifiers.finding import Finding, failed, not_applicable, passed
from verifiers.inputs import Source, sources_of
from verifiers.item import Item
from verifiers.wording import sentence, span


def method_known(case: Case, item: Item) -> Finding:
    """Ask whether the policy knows the method, and the factors of each fuel (calculation.md, method)."""
    claim = emissions_of(item)
    if claim.method.id not in case.policy.methods or claim.method.version != METHOD.version:
        return failed(
            "calculation.method_unknown",
            f"It was calculated by {claim.method.id}, version {claim.method.version}.",
            expected=" or ".join(case.policy.methods),
            found=claim.method.id,
        )
    known = replace(METHOD, id=claim.method.id)
    if claim.method != known:
        return failed(
            "calculation.method_unknown",
            f"It states {_told(claim.method)}; the method is {_told(known)}.",
            expected=_told(known),
            found=_told(claim.method),
        )
    for row in claim.rows:
        scope = SCOPE_2 if row.fuel is Fuel.ELECTRICITY else SCOPE_1
        if row.scope != scope:
            return failed(
                "calculation.method_unknown",
                f"It counts {row.fuel.value} as {row.scope}; the method counts it as {scope}.",
                expected=scope,
                found=row.scope,
            )
    if any(row.fuel is Fuel.GAS for row in claim.rows):
        gas_factors(Month.of(claim.period.start))
    return passed(lambda: f"Version {claim.method.version} of {claim.method.id}.")


def sum_opens(case: Case, item: Item) -> Finding:
    """Ask whether the commitments, weighted by the verified intensity, open to the total (credentials.md, commitments).

    The weights come from the verified series alone, the half-hours from the commitments' own letters alone.
    """
    fault = claim_fault(item, "calculation.sum_opens")
    if fault is not None:
        return failed(fault.code, sentence(fault))
    claim = emissions_of(item)
    opened_before = _opened_twice(case, item, claim)
    if opened_before is not None:
        return opened_before
    try:
        sources = sources_of(case, item)
        findings = [row_opens(row, sources.of_fuel(row.fuel)) for row in claim.rows]
        for finding in (*findings, blinded_alike(case, sources.held)):
            if finding is not None:
                return finding
    except CommitmentError as error:
        return failed(
            error.code,
            sentence(error),
            expected="commitments that open to the total",
            found=", ".join(str(opening.total) for row in claim.rows for opening in row.openings),
        )
    except MalformedError as error:
        return failed("calculation.opening", sentence(error), expected=error.expected, found=error.found)
    return passed(
        lambda: f"The commitments of {span(claim.period)} open to the totals, and no reading was seen."
    )


def figure_follows(case: Case, item: Item) -> Finding:
    """Ask whether the kilograms are the opened total, rounded once, half to even (calculation.md, step 5)."""
    claim = emissions_of(item)
    twice = _two_reports(case, item, claim)
    if twice is not None:
        return twice
    for row in claim.rows:
        sources = sources_of(case, item).of_fuel(row.fuel)
        scales = [_scales(opening, sources) for opening in row.openings]
        for exponents in scales:
            if len(exponents) != 1:
                return failed(
                    "calculation.differs",
                    "Its sources count in different units, and one total covers them.",
                    expected="one exponent",
                    found=", ".join(map(str, sorted(exponents))) or "none",
                )
        finest = min([scale for exponents in scales for scale in exponents], default=0)
        pairs = zip(row.openings, scales, strict=True)
        total = sum(opening.total * 10 ** (max(scale) - finest) for opening, scale in pairs)
        follows = kilograms(total, exponent=finest)
        if follows != row.kg:
            return _differs(row, follows)
    return passed(lambda: "; ".join(f"{row.fuel.value}: {row.kg} kg" for row in claim.rows) + ".")


def recalculated(case: Case, item: Item) -> Finding:
    """Ask whether multiplying the readings again gives the same (calculation.md, step 5); for whoever may see them."""
    claim = emissions_of(item)
    if not case.policy.recalculates:
        return not_applicable("The readings are not due to this verifier; the sum was opened instead.")
    sources = sources_of(case, item)
    if any(source.readings is None for source in sources.held):
        return not_applicable("The readings are not at hand; the sum was opened instead.")
    for row in claim.rows:
        again = _again(sources.of_fuel(row.fuel))
        if again is not None and again != row.kg:
            return _differs(row, again)
    return passed(
        lambda: "; ".join(f"{row.fuel.value}: {row.kg} kg, difference 0.000 kg" for row in claim.rows) + "."
    )


def emissions_of(item: Item) -> Emissions:
    """Give the report that a document makes; only for one that the plan chose by its kind.

    Raises:
        TypeError: it is another kind of document.
    """
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Emissions):
        raise TypeError(f"{item} is no report of emissions")
    return claim


def _scales(opening: OpeningClaim, sources: tuple[Source, ...]) -> set[int]:
    """Give the powers of ten, in grams, of what one total covers; one that covers nothing known is held to them all."""
    covered = [source for source in sources if source.digest in opening.commitments]
    return {source.exponent for source in covered or sources}


def _opened_twice(case: Case, item: Item, claim: Emissions) -> Finding | None:
    """Find another report in hand that opens one of the same vectors to another total."""
    mine = {
        digest: opening for row in claim.rows for opening in row.openings for digest in opening.commitments
    }
    for other, report in _other_reports(case, item):
        for opening in (opening for row in report.rows for opening in row.openings):
            for digest in opening.commitments:
                if digest in mine and mine[digest] != opening:
                    return failed(
                        "calculation.second_weights",
                        f"{case.name(other.issuer)} opened the same commitments to {opening.total} as well.",
                        expected=str(mine[digest].total),
                        found=str(opening.total),
                    )
    return None


def _two_reports(case: Case, item: Item, claim: Emissions) -> Finding | None:
    """Find another figure for the same firm, month and fuel, neither of which replaces the other."""
    mine = {row.fuel: row.kg for row in claim.rows}
    for other, report in _other_reports(case, item):
        shown = any(other is held for held in case.chain.items)
        replaced = _replaces(other, item) and not shown
        if (report.id, report.period) != (claim.id, claim.period) or replaced:
            continue
        for row in report.rows:
            if row.fuel in mine and (shown or mine[row.fuel] != row.kg):
                return failed(
                    "equivocation.two_reports",
                    f"{case.name(other.issuer)} signed {row.kg} kg for {span(report.period)} as well.",
                    expected=f"{mine[row.fuel]} kg",
                    found=f"{row.kg} kg",
                )
    return None


def _other_reports(case: Case, item: Item) -> list[tuple[Item, Emissions]]:
    reports: list[tuple[Item, Emissions]] = []
    for other in {id(held): held for held in (*case.chain.items, *case.chain.extra)}.values():
        claim = other.credential.claim if other.credential is not None else None
        if isinstance(claim, Emissions) and other.secured.raw != item.secured.raw:
            reports.append((other, claim))
    return reports


def _replaces(other: Item, item: Item) -> bool:
    """Tell whether one of two reports names the other among what it came from."""
    named = [
        link.id for held in (other, item) if held.credential is not None for link in held.credential.links
    ]
    return other.id in named or item.id in named


def _again(sources: tuple[Source, ...]) -> Decimal | None:
    results = [result for source in sources if (result := source.again) is not None]
    if not results:
        return None
    finest = min(result.exponent for result in results)
    total = sum(result.total * 10 ** (result.exponent - finest) for result in results)
    return kilograms(total, exponent=finest)


def _differs(row: Row, follows: Decimal) -> Finding:
    return failed(
        "calculation.differs",
        f"It states {row.kg} kg for {row.fuel.value}; {follows} kg follow, a difference of {row.kg - follows} kg.",
        expected=f"{follows} kg",
        found=f"{row.kg} kg",
    )


def _told(method: Method) -> str:
    losses = "with" if method.losses_included else "without"
    return f"version {method.version}, {method.rounding}, {losses} losses"
