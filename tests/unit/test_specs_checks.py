"""The catalogue of checks is complete, and a bank clerk can read it."""

import re
from pathlib import Path
from typing import Any

import pytest

import specs

CATALOGUE: Any = specs.document("checks/catalogue.json")
CHECKS: dict[str, dict[str, Any]] = {check["name"]: check for check in CATALOGUE["checks"]}
CODES: dict[str, dict[str, Any]] = {code["code"]: code for code in CATALOGUE["codes"]}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HOME = Path(__file__).parents[2]
ROOTS = ("trust", "registry", "issuers", "holders", "verifiers", "perseus")

NAMES = _words("""
format.parses format.kind_known format.schema_fits time.plausible record.form record.steps_read
record.by_the_letter signature.allowed signature.fits signature.time_proven record.times_in_order
register.anchored register.consistent key.known key.valid_at_signing member.known member.had_role
record.certificate_found record.certificate_trusted record.signer_named record.role_allows status.clear
record.certificate_not_revoked consent.present consent.covers_recipient consent.covers_purpose
consent.covers_period consent.in_force_at_signing consent.not_withdrawn consent.not_expired
consent.from_account_holder consent.inside_control consent.narrows consent.fresh record.consent_given
record.consent_in_force record.consent_covers record.consent_lasts link.digests_match link.inputs_present
link.acyclic link.one_subject record.origins_listed record.links_resolve record.acyclic
record.receipt_by_recipient record.transfers_received data.halfhours_sound data.coverage_as_stated
data.region_matches data.intensity_complete data.intensity_kind data.sources_complete data.nothing_extra
calculation.method_known calculation.sum_opens calculation.figure_follows calculation.recalculated
presentation.nonce presentation.audience presentation.fresh presentation.holder presentation.channel
presentation.customer policy.separation policy.estimates policy.quality policy.age
verdict.anchor_same verdict.register_agrees verdict.policy_known verdict.file_same verdict.judged_again
""")

REASONS = _words("""
format.unparseable format.duplicate_key format.not_canonical format.too_large format.too_deep format.encoding
format.character format.unknown_type format.unknown_context format.undefined_term format.schema jose.header
jose.type jose.encoding sd_jwt.disclosure canonical.limit time.malformed time.future signature.mismatch
signature.missing signature.suite_not_allowed signature.purpose signature.not_canonical
signature.time_unproven signature.backdated register.gap key.unknown key.weak key.other_issuer key.not_valid_at_signing
key.compromised
member.unknown member.wrong_role member.suspended_at_signing member.left register.no_anchor
register.unreachable register.stale register.rolled_back register.forked environment.mismatch status.revoked
status.suspended status.superseded status.unreachable status.stale status.malformed status.missing
status.other_issuer status.other_purpose status.too_short status.out_of_range status.rolled_back
status.expired status.equivocation fetch.blocked fetch.timeout fetch.too_large consent.missing consent.expired
consent.withdrawn consent.other_recipient consent.other_purpose consent.out_of_period consent.before_control
consent.widened consent.not_account_holder consent.stale link.digest link.missing link.cycle link.depth
link.other_subject data.gap data.overlap data.duplicate data.conflict data.unit data.range
data.coverage_misstated data.outside_window data.intensity_missing data.implausible_zero
data.national_intensity data.location_unstated data.region data.forecast_as_actual data.partial_month
data.in_future data.source_missing data.more_than_due calculation.differs calculation.opening
calculation.too_few_slots calculation.second_weights calculation.method_unknown presentation.nonce
presentation.audience presentation.expired presentation.replayed presentation.holder presentation.channel
presentation.other_customer policy.separation policy.too_many_estimates policy.quality_score policy.age
equivocation.two_reports equivocation.two_intensities evidence.deleted
register.unknown_event register.unwitnessed data.register_falls data.split_hours data.fuel_assumed
data.region_unchecked time.zone_assumed event.ahead event.role
time.start_assumed equivocation.two_credentials event.body event.type event.scheme event.policy event.prev
event.backdated event.quorum event.signature event.state event.possession event.precommitment key.exposed
key.unreadable register.out_of_range member.suspended_later status.keeper_away register.other_entries status.backdated
record.form record.version record.step_form record.step_repeated record.spelling record.time_form
record.id_form record.encoding record.scheme_absent record.application_recipient record.other_registry
record.time_order record.certificate_missing record.certificate_form record.certificate_other_serial
record.certificate_key record.certificate_untrusted record.certificate_expired record.signer_unnamed
record.wrong_role record.kind_unknown record.certificate_revoked record.certificate_laid_down
record.revocation_unchecked record.revocation_list record.revocation_list_old record.consent_missing
record.consent_expired record.consent_later record.consent_other_licence record.consent_other_process
record.consent_ended record.no_origin record.origins_differ record.step_missing record.step_other_kind
record.step_later record.cycle record.receipt_by_other record.receipt_missing record.not_held
verdict.other_anchor verdict.no_verdict verdict.register_short verdict.other_register verdict.policy_unknown
verdict.other_file verdict.differs
""")

OTHER_WORDS = {"failed_title", "failed_meaning", "failed_remedy"}

FORBIDDEN = re.compile(
    r"\b(invalid|oops|errors?|token|validate|user|permission|info|illegal|bad|fail(?:ed|ure)?)\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!:;])\s+", text) if part]


def texts(entry: dict[str, Any]) -> list[str]:
    names = ("title", "meaning", "remedy", "question", "passed", *sorted(OTHER_WORDS))
    return [entry[name] for name in names if name in entry]


def test_every_check_of_the_scheme_is_there_once() -> None:
    assert [check["name"] for check in CATALOGUE["checks"]] == list(NAMES)


def test_every_published_code_is_there_once_and_none_has_been_renamed() -> None:
    listed = [code["code"] for code in CATALOGUE["codes"]]
    assert sorted(listed) == sorted(REASONS)
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_where_it_stands_and_on_which_answer_it_bears(name: str) -> None:
    check = CHECKS[name]
    assert set(check) == {"name", "area", "question", "passed", "clause", "bearing", "policies"}
    assert check["area"] in {area["name"] for area in CATALOGUE["areas"]}
    assert check["bearing"] in CATALOGUE["bearing"]
    assert check["policies"]
    assert set(check["policies"]) <= set(CATALOGUE["policies"])
    assert check["question"].endswith("?")
    assert check["clause"]


@pytest.mark.parametrize("code", REASONS)
def test_a_code_has_a_check_an_outcome_and_its_texts(code: str) -> None:
    entry = CODES[code]
    assert {"code", "check", "outcome", "title", "meaning", "remedy", "clause"} <= set(entry)
    assert set(entry) <= {
        *("code", "check", "outcome", "title", "meaning", "remedy", "clause"),
        "also",
        "may_be",
        "bearing",
        *OTHER_WORDS,
    }
    assert set(entry) >= OTHER_WORDS or not OTHER_WORDS & set(entry)
    assert {entry["check"], *entry.get("also", ())} <= set(CHECKS)
    assert {entry["outcome"], *entry.get("may_be", ())} <= {"failed", "warning", "unknown"}
    assert entry.get("bearing", "use") in CATALOGUE["bearing"]


def test_every_code_that_the_source_gives_is_in_the_catalogue() -> None:
    """Names of register events and of two files have the same form; the schema of their payload lists the events."""
    payload: Any = specs.document("schemas/register-event-payload.json")
    known = {*CHECKS, *CODES, *payload["properties"]["type"]["enum"], "policy.json", "verdict.json"}
    areas = "|".join({name.partition(".")[0] for name in (*CHECKS, *CODES)})
    given = {
        (code, place.name)
        for root in ROOTS
        for place in (HOME / root).rglob("*.py")
        for code in re.findall(rf'"((?:{areas})\.[a-z_]+)"', place.read_text(encoding="utf-8"))
    }
    assert len(given) > len(REASONS) / 2
    assert {found for found in given if found[0] not in known} == set()


def test_every_check_has_a_reason_it_can_give() -> None:
    reasons = {name for code in CODES.values() for name in (code["check"], *code.get("also", ()))}
    assert set(CHECKS) - reasons == set()


@pytest.mark.parametrize(
    "entry", [*CHECKS.values(), *CODES.values()], ids=lambda entry: entry.get("code") or entry["name"]
)
def test_the_texts_are_short_and_plain(entry: dict[str, Any]) -> None:
    for text in texts(entry):
        assert not FORBIDDEN.search(text), text
        assert text[0].isupper() or text[0] == "{", text
        for sentence in sentences(text):
            assert len(sentence.split()) <= 25, sentence
    assert len(sentences(entry.get("meaning", "One."))) <= 4
    for whole in ("meaning", "remedy"):
        assert entry.get(whole, ".").endswith("."), entry[whole]
    assert len(entry.get("title", entry.get("passed", ""))) <= 80


def test_only_documented_placeholders_are_used() -> None:
    used = {
        name
        for entry in (*CHECKS.values(), *CODES.values())
        for text in texts(entry)
        for name in re.findall(r"{(.*?)}", text)
    }
    assert used == set(CATALOGUE["placeholders"])


def test_the_areas_come_in_the_order_in_which_a_verifier_asks() -> None:
    order = [area["name"] for area in CATALOGUE["areas"]]
    found = [check["area"] for check in CATALOGUE["checks"]]
    assert found == sorted(found, key=order.index)
