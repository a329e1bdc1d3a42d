"""What a settings file that does not fit is told: the setting, what it must be, what it is."""

from pathlib import Path

import pytest

from perseus import settings
from perseus.refreshing import settings_in
from perseus.settings import Settings
from trust.errors import MalformedError

SOUND = {"party": "bank", "did": "did:web:bank.example", "name": "Bank", "authority": "bank.example"}


def written(home: Path, **changed: str) -> Path:
    content = {name: value for name, value in (SOUND | changed).items() if value}
    return settings.write(home, {**content, "peers": {"cap.example": "../cap/address"}})


def told(home: Path) -> str:
    with pytest.raises(MalformedError) as refused:
        settings.read(home, Settings)
    return str(refused.value).removeprefix(f"{home / 'settings.toml'}: ")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"port": "x"}, "port: expected a valid integer, found 'x'"),
        ({"did": ""}, "did: expected this setting, which is required, found none"),
        (
            {"party": "broker"},
            "party: expected one of operator, edp, grid, cap, bank, wallet, found 'broker'",
        ),
        ({"host": "192.0.2.1"}, "host: expected a loopback address in the demo, found 192.0.2.1"),
        (
            {"environment": "test", "tls_certificate": "c", "tls_key": "k", "tls_client_ca": "a"},
            "peers: expected none outside the demo, where names are resolved, found cap.example",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_told_in_one_sentence(
    tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    written(tmp_path, **changed)
    assert told(tmp_path) == sentence


def test_a_peer_that_is_no_text_is_named_with_its_table(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(f"{path.read_text()}number = 3\n")
    assert told(tmp_path) == "peers.number: expected a valid string, found 3"


def test_a_setting_below_the_head_of_a_table_is_not_lost_in_it(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert settings.read(tmp_path, Settings).environment == "demo"
    path.write_text(f'{path.read_text()}environment = "production"\n')
    found = "found it below [peers], which takes it for its own"
    assert told(tmp_path) == f"environment: expected the line above the first [table], {found}"


def test_a_verifiers_own_copy_is_not_looked_for_among_the_peers(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('register = "copy"\n\n[peers]\n"cap.example" = "cap/address"\n')
    assert settings_in(path)["register"] == "copy"
    path.write_text('[peers]\n"cap.example" = "cap/address"\nregister = "copy"\n')
    with pytest.raises(MalformedError, match=r"register: expected the line above the first \[table\]"):
        settings_in(path)
