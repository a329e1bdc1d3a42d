"""Policies are data: five presets, one form, one digest, and no switch that turns the plan off."""

import json
from dataclasses import fields

import pytest

from trust.canonical import Json, canonicalize
from trust.claims.consent import Data
from trust.errors import MalformedError
from trust.report import Bearing
from verifiers.catalogue import questions, reasons
from verifiers.plan import STEPS, lone_steps
from verifiers.policy import Policy, Scope

PRESETS = [Policy.bank(), Policy.cap(), Policy.edp(), Policy.auditor(), Policy.interoperability()]


@pytest.mark.parametrize("policy", PRESETS, ids=lambda policy: policy.name)
def test_a_policy_survives_being_written_and_read(policy: Policy) -> None:
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json(policy.to_json()).digest == policy.digest


def test_every_preset_has_its_own_digest() -> None:
    assert len({policy.digest for policy in PRESETS}) == len(PRESETS)


def test_no_member_of_a_policy_turns_a_question_off() -> None:
    switches = {field.name for field in fields(Policy) if field.type == "bool" or field.type is bool}
    assert switches == {"separation", "customer", "recalculates"}


@pytest.mark.parametrize(
    "edit",
    [
        {"clockSkew": 86_400},
        {"statusAge": -1},
        {"statusAge": 86_400 * 3_650},
        {"registerAge": 86_400 * 3_650},
        {"suites": []},
        {"signers": []},
        {"uses": []},
        {"methods": []},
        {"verify": False},
        {"name": 1},
    ],
)
def test_a_policy_that_demands_nothing_or_too_much_is_refused(edit: dict[str, Json]) -> None:
    document = json.loads(Policy.bank().to_json())
    with pytest.raises(MalformedError):
        Policy.from_json(canonicalize({**document, **edit}))


def test_a_policy_file_that_is_no_object_is_refused() -> None:
    with pytest.raises(MalformedError):
        Policy.from_json(b"[]")


def test_a_policy_says_who_may_sign_and_for_what() -> None:
    policy = Policy.bank()
    assert str(policy.role_for("EmissionsCredential")).endswith("carbon-accounting-provider")
    assert policy.role_for("ReceiptCredential") is None
    assert str(policy.purpose_of(Data.EMISSIONS)).endswith("emissions-reporting")
    assert Policy.interoperability().purpose_of(Data.EMISSIONS) is None


def test_only_the_interoperability_policy_judges_a_lone_credential() -> None:
    assert [policy.name for policy in PRESETS if policy.scope is Scope.CREDENTIAL] == ["interoperability"]


def test_every_step_of_the_plan_is_a_published_question() -> None:
    of_chains = {
        name for name in questions() if not name.startswith(("record.", "verdict."))
    }  # those are asked of IB1's records and of signed verdicts
    assert {step.name for step in STEPS} == of_chains
    assert {step.name for step in lone_steps()} <= set(questions())


def test_no_question_about_the_signing_waits_for_one_about_the_use() -> None:
    for step in STEPS:
        if step.question.bearing is Bearing.SIGNING:
            waits = {questions()[name].bearing for name in (*step.waits, *step.sound)}
            assert waits <= {Bearing.SIGNING}, step.name


def test_what_a_question_waits_for_is_asked_before_it() -> None:
    asked: set[str] = set()
    for step in STEPS:
        assert set(step.waits) <= asked, step.name
        asked.add(step.name)


def test_every_published_reason_belongs_to_a_published_question() -> None:
    assert {reason.check for reason in reasons().values()} <= set(questions())
