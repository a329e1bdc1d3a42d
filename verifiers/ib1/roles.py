"""Whether the roles in a certificate let its holder sign a step (Role-based Access Control 1.0)."""

from collections.abc import Iterator

from trust.ib1.rules import Role, Rule, licence_rule, process_rule, read_role, read_scheme, source_rule
from trust.ib1.spelling import Deviation
from trust.ib1.steps import Step, StepKind
from verifiers.finding import failed, unknown
from verifiers.ib1.case import Found, Held, RecordCase


def role_allows(case: RecordCase) -> Iterator[Found]:
    """Ask that each step is signed in a role that may do such a thing."""
    for held in case.steps:
        about, rule, is_ruled = _rule(held.step)
        if rule is None and is_ruled:
            detail = f"{held.named} is of {ascii(about)[1:-1]}; no rule of the scheme says who may sign that."
            finding = unknown(
                "record.kind_unknown", detail, expected="a kind the scheme has a rule for", found=about
            )
            yield Found(held.subject, finding)
        elif rule is not None:
            yield from _one(case, held, rule, about)


def _rule(step: Step) -> tuple[str, Rule | None, bool]:
    """Give what a step is of, the rule for it, and whether there must be one."""
    match step.kind:
        case StepKind.ORIGIN:
            return step.source_type, source_rule(step.source_type), True
        case StepKind.PROCESS if step.process:
            return step.process, process_rule(step.process), True
        case StepKind.TRANSFER:
            return step.licence, licence_rule(step.licence), False
        case _:
            return "", None, False


def _one(case: RecordCase, held: Held, rule: Rule, about: str) -> Iterator[Found]:
    whom = held.by.signatory
    address = held.step.scheme or about
    host, scheme = read_scheme(address)
    roles = [role for role in map(read_role, whom.roles if whom else ()) if role is not None]
    fitting = [role for role in roles if role.name in rule.roles and scheme in {"", role.scheme}]
    if not fitting:
        wanted = " or ".join(sorted(rule.roles)).replace("-", " ")
        found = ", ".join(_titled(role) for role in roles) or "no role of a scheme"
        detail = (
            f"{held.named} is of {ascii(about)[1:-1]}, which a {wanted} signs; the certificate says {found}."
        )
        yield Found(held.subject, failed("record.wrong_role", detail, expected=wanted, found=found))
    elif host not in {role.host for role in fitting}:
        case.deviations.append(
            Deviation("record.other_registry", held.step.place, f"{fitting[0].host}, {host}")
        )


def _titled(role: Role) -> str:
    return f"{ascii(role.name)[1:-1].replace('-', ' ')} of {ascii(role.scheme)[1:-1]}"
