"""Audit: turn the bytes of an IB1 provenance record into a report.

(1) Read the container strictly, or say where it cannot be read.
(2) Open every signed list: certificate, signature, path to a trusted root, revocation, whom it names.
(3) Read every step from the text that was signed, and ask each question of the plan; one that waits for another
    that does not hold is not run, and says for which.
(4) Tell each finding in the words of the catalogue, and give what the record proves to whoever requires the report.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple, TypeAlias

from trust.canonical import parse_object
from trust.errors import MalformedError
from trust.ib1.certificates import Certificate, Pool
from trust.ib1.container import LARGEST, Container, read_container
from trust.report import Report, Subject
from trust.secured import Secured
from verifiers.catalogue import check_of
from verifiers.finding import HOLD, failed, not_run, passed
from verifiers.ib1.case import KIND, Found, RecordCase
from verifiers.ib1.leading import (
    acyclic,
    links_resolve,
    origins_listed,
    receipt_by_recipient,
    transfers_received,
)
from verifiers.ib1.leave import consent_covers, consent_given, consent_in_force, consent_lasts
from verifiers.ib1.opened import CLEAR, FITS, FOUND, NAMED, TIME, TRUSTED, certificates_of, open_list
from verifiers.ib1.path import Issuers
from verifiers.ib1.proven import Audited
from verifiers.ib1.roles import role_allows
from verifiers.ib1.telling import Row, tell
from verifiers.ib1.writing import by_the_letter, steps_read, times_in_order

Ask: TypeAlias = Callable[[RecordCase], Iterator[Found]]
PARSES, FORM, READ = "format.parses", "record.form", "record.steps_read"
_MOST_TOLD = 50
_ABOUT_NOBODY = Subject("", KIND, "", "")


class Asked(NamedTuple):
    """A question of the whole record, what it waits for, and what is said when nothing stands against it."""

    name: str
    ask: Ask
    waits: tuple[str, ...]
    well: str


SIGNED = (READ, FITS)
WHO = (READ, FITS, NAMED)
PLAN: tuple[Asked | str, ...] = (
    Asked(READ, steps_read, (), "Every step can be read in one way, and has an id of its own."),
    Asked("record.by_the_letter", by_the_letter, (READ,), "The record is written as the specification says."),
    TIME,
    FITS,
    Asked("record.times_in_order", times_in_order, SIGNED, "Nothing is dated after it was signed."),
    FOUND,
    TRUSTED,
    NAMED,
    Asked("record.role_allows", role_allows, WHO, "Each step is signed in a role that may sign it."),
    CLEAR,
    Asked("record.consent_given", consent_given, SIGNED, "Whatever needs a consent names one."),
    Asked(
        "record.consent_in_force",
        consent_in_force,
        SIGNED,
        "Each consent was in force when it was relied on.",
    ),
    Asked(
        "record.consent_covers",
        consent_covers,
        SIGNED,
        "Each licence and process is one that a consent allows.",
    ),
    Asked("record.consent_lasts", consent_lasts, SIGNED, "No consent that was relied on has ended since."),
    Asked("record.origins_listed", origins_listed, SIGNED, "The origins are listed in their order."),
    Asked("record.links_resolve", links_resolve, SIGNED, "Each step names earlier steps of the right kind."),
    Asked("record.acyclic", acyclic, SIGNED, "Every step leads back to an origin."),
    Asked(
        "record.receipt_by_recipient",
        receipt_by_recipient,
        WHO,
        "Each receipt is by the member it was sent to.",
    ),
    Asked("record.transfers_received", transfers_received, WHO, "Each transfer has its receipt."),
)


def audit(raw: bytes, pool: Pool, *, at: datetime) -> Report[Audited]:
    """Judge a record by the roots, certificates and revocation lists in the pool; it never raises on bad input.

    The report's claim is what the record says, signer by signer.
    """
    # (1) One meaning, and the form of a record.
    try:
        document = parse_object(raw, limit=LARGEST)
    except MalformedError as error:
        return Report(tell((_unreadable(error),)), Secured(raw))
    try:
        container = read_container(document)
    except MalformedError as error:
        return Report(
            tell((_read(PARSES, "The bytes are JSON of one meaning."), _unreadable(error))), Secured(raw)
        )
    # (2) Each list, with the certificates of the record and those beside it.
    case = _opened(container, pool, at)
    # (3) Each question; what was accepted though the letter says otherwise is known only at the end.
    rows = dict(_rows(case))
    told = [
        _read(PARSES, "The bytes are JSON of one meaning."),
        _read(FORM, "The record has its container's form."),
    ]
    told += [row for part in PLAN for row in rows[part if isinstance(part, str) else part.name]]
    # (4) The claim.
    return Report(tell(told), Secured(raw), Audited.of(case))


def _opened(container: Container, pool: Pool, at: datetime) -> RecordCase:
    carried = certificates_of(container)
    readable = [one for one in carried.values() if isinstance(one, Certificate)]
    issuers = Issuers(pool, (*readable, *pool.others))
    lists = [open_list(one, container, carried, issuers, at=at) for one in container.steps.lists()]
    return RecordCase.of(container, lists, at=at)


def _rows(case: RecordCase) -> Iterator[tuple[str, list[Row]]]:
    standing: dict[str, bool] = {}
    for name in (TIME, FITS, FOUND, TRUSTED, NAMED, CLEAR):
        rows = [Row(name, one.subject, one.findings[name]) for one in case.lists]
        standing[name] = all(row.finding.outcome in HOLD for row in rows)
        yield name, rows
    last = [asked for asked in PLAN if isinstance(asked, Asked) and asked.ask is by_the_letter]
    for asked in [part for part in PLAN if isinstance(part, Asked) and part.ask is not by_the_letter] + last:
        rows = list(_asked(case, asked, standing))
        standing[asked.name] = all(row.finding.outcome in HOLD for row in rows)
        yield asked.name, rows


def _asked(case: RecordCase, asked: Asked, standing: Mapping[str, bool]) -> Iterable[Row]:
    waiting = next((name for name in asked.waits if not standing[name]), None)
    if waiting is not None:
        return [
            Row(asked.name, case.subject, not_run(waiting, f"It waits for {waiting}, which does not hold."))
        ]
    found = list(islice(asked.ask(case), _MOST_TOLD))
    rows = [Row(asked.name, subject, finding) for subject, finding in found]
    return rows or [Row(asked.name, case.subject, passed(asked.well))]


def _read(name: str, detail: str) -> Row:
    return Row(name, _ABOUT_NOBODY, passed(detail))


def _unreadable(error: MalformedError) -> Row:
    check = check_of(error.code)
    detail = f"At {error.where or '/'}: expected {error.expected}, found {error.found}."
    finding = failed(error.code, detail, expected=error.expected, found=error.found)
    return Row(check, _ABOUT_NOBODY, finding)
