"""Where the steps lead: to origins that are listed, to steps that exist, never round in a circle, hand to hand."""

import graphlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from trust.ib1.spelling import Deviation
from trust.ib1.steps import StepKind
from verifiers.finding import failed, warning
from verifiers.ib1.case import Found, Held, RecordCase

_DATA = frozenset({StepKind.ORIGIN, StepKind.RECEIPT, StepKind.PROCESS})
_FROM: Mapping[StepKind, frozenset[StepKind]] = MappingProxyType(
    {
        StepKind.TRANSFER: _DATA,
        StepKind.PROCESS: _DATA,
        StepKind.RECEIPT: frozenset({StepKind.TRANSFER}),
    }
)
_GRANTS = frozenset({StepKind.GRANT})
_SHOWN = 5


def origins_listed(case: RecordCase) -> Iterator[Found]:
    """Ask that the record lists its origins in their order, and has at least one."""
    origins = [held.step.id for held in case.kind(StepKind.ORIGIN)]
    if not origins:
        told = "No step of the record says where data come from."
        yield Found(case.subject, failed("record.no_origin", told, expected="an origin", found="none"))
    if origins != list(case.container.origins):
        listed = ", ".join(case.container.origins[:_SHOWN]) or "none"
        yield Found(
            case.subject,
            failed(
                "record.origins_differ",
                f"The record lists the origins {ascii(listed)[1:-1]}, and its steps are another list.",
                expected=", ".join(origins[:_SHOWN]) or "none",
                found=ascii(listed)[1:-1],
            ),
        )


def links_resolve(case: RecordCase) -> Iterator[Found]:
    """Ask that each step names steps that are there, of a kind that can be meant, and before it where data flow."""
    for held in case.steps:
        for name in held.step.sources:
            yield from _one(case, held, name, _FROM.get(held.step.kind, _DATA), flows=True)
        for name in held.step.grants:
            yield from _one(case, held, name, _GRANTS, flows=False)


def acyclic(case: RecordCase) -> Iterator[Found]:
    """Ask that following the steps back comes to an end."""
    graph = {held.step.id: set(held.step.sources) & case.by_id.keys() for held in case.steps}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = [str(name) for name in error.args[1]]
        told = " from ".join(circle[:_SHOWN])
        held = case.by_id[circle[0]]
        detail = f"{held.named} comes from itself: {told}."
        yield Found(held.subject, failed("record.cycle", detail, expected="an end at an origin", found=told))


def receipt_by_recipient(case: RecordCase) -> Iterator[Found]:
    """Ask that a receipt is signed by the member to whom its transfer was."""
    for held in case.kind(StepKind.RECEIPT):
        for transfer in case.sources(held):
            whom, to = held.by.signatory, transfer.step.to.rstrip("/")
            if transfer.step.kind is not StepKind.TRANSFER or whom is None or to == whom.member.rstrip("/"):
                continue
            if to == whom.application.rstrip("/"):
                case.deviations.append(
                    Deviation("record.application_recipient", transfer.step.place, transfer.step.to)
                )
                continue
            detail = f"{held.named} confirms the transfer {transfer.step.id}, which was to {ascii(to)[1:-1]}."
            yield Found(
                held.subject, failed("record.receipt_by_other", detail, expected=to, found=whom.member)
            )


def transfers_received(case: RecordCase) -> Iterator[Found]:
    """Tell which transfers nobody confirmed, and where data pass on from somebody who never received them."""
    confirmed = {name for held in case.kind(StepKind.RECEIPT) for name in held.step.sources}
    for held in case.kind(StepKind.TRANSFER):
        if held.step.id not in confirmed:
            detail = f"{held.named} to {ascii(held.step.to)[1:-1]} has no receipt in this record."
            yield Found(held.subject, warning("record.receipt_missing", detail, expected="a receipt"))
    for held in case.kind(StepKind.TRANSFER, StepKind.PROCESS):
        for source in case.sources(held):
            if source.by.member != held.by.member:
                detail = (
                    f"{held.named} takes up {source.step.id}, a step of {source.by.who}, without a receipt."
                )
                yield Found(
                    held.subject,
                    warning("record.not_held", detail, expected=held.by.member, found=source.by.member),
                )


def _one(
    case: RecordCase, held: Held, name: str, kinds: frozenset[StepKind], *, flows: bool
) -> Iterator[Found]:
    wanted = " or ".join(sorted(kind.value for kind in kinds))
    target, shown = case.by_id.get(name), ascii(name[:60])[1:-1]
    if target is None:
        detail = f"{held.named} names the step {shown}, which is not in the record."
        yield Found(
            held.subject, failed("record.step_missing", detail, expected=wanted, found="no such step")
        )
    elif target.step.kind not in kinds:
        detail = f"{held.named} names {shown}, which is of the kind {target.step.kind.value}."
        finding = failed("record.step_other_kind", detail, expected=wanted, found=target.step.kind.value)
        yield Found(held.subject, finding)
    elif flows and target.number >= held.number:
        detail = f"{held.named} comes from {shown}, which stands after it in the record."
        yield Found(
            held.subject, failed("record.step_later", detail, expected="an earlier step", found=shown)
        )
