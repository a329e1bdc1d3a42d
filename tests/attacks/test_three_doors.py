"""Each broken chain is answered alike in the library, by the command and at the bank's own door."""

from pathlib import Path

import pytest

from support.attacks import ATTACKS, Attack, Attempt, good
from support.doors import Found, answers, at_the_door, bank_of, by_the_command, in_the_library, obstacles


def through_all(attempt: Attempt, home: Path, folder: Path) -> tuple[Found, tuple[Found, int], Found]:
    """Send one file through all three doors."""
    raw, scheme = attempt.file, attempt.scheme
    with bank_of(home, scheme, folder / "town") as party:
        answered = at_the_door(raw, party)
    assert answered.status_code == 200, answered.text
    return in_the_library(raw, scheme), by_the_command(raw, scheme, folder), answered.json()


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_broken_chain_is_answered_alike_at_all_three_doors(
    attack: Attack, home: Path, tmp_path: Path
) -> None:
    library, (command, code), door = through_all(attack.make(), home, tmp_path)
    assert (obstacles(library), library["overall"]) == (attack.codes, attack.overall)
    assert command == library
    assert code == {"not_verified": 1, "undetermined": 3}[attack.overall]
    assert (obstacles(door), door["overall"]) == (attack.expected, attack.overall)
    if not attack.with_own_register:
        assert answers(door) == answers(library)


@pytest.mark.usefixtures("today")
def test_the_chain_that_nobody_broke_is_verified_at_all_three_doors(home: Path, tmp_path: Path) -> None:
    library, (command, code), door = through_all(Attempt(good()), home, tmp_path)
    found = [library, command, door]
    assert [answers(one) for one in found] == [("verified", "yes", "yes")] * 3
    assert [obstacles(one) for one in found] == [set()] * 3
    assert code == 0
    assert found[0]["figures"] == found[1]["figures"] == found[2]["figures"] != []


def test_each_refusal_says_what_was_found_and_who_can_mend_it() -> None:
    for attack in ATTACKS.values():
        attempt = attack.make()
        checks = in_the_library(attempt.file, attempt.scheme)["checks"]
        assert isinstance(checks, list)
        told = [one for one in checks if isinstance(one, dict) and one["outcome"] in ("failed", "unknown")]
        assert told
        assert all(one["remedy"] and str(one["detail"]).endswith(".") for one in told)
