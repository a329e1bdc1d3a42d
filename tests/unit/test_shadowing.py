"""Another package of the same name must stop Perseus, with the path that gives it away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perseus.shadowing import HOME, ROOTS, ShadowedError, refuse_shadows, whereabouts


def make_package(folder: Path, name: str) -> Path:
    """Lay an empty package under the folder."""
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    return package


def test_our_own_roots_are_accepted() -> None:
    refuse_shadows()
    assert [whereabouts(root) for root in ROOTS] == [HOME / root for root in ROOTS]


def test_a_root_from_elsewhere_is_refused_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder = make_package(tmp_path / "site-packages", "pretended_root")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    with pytest.raises(ShadowedError) as refusal:
        refuse_shadows(("pretended_root",), home=tmp_path / "ours")
    assert refusal.value.path == str(intruder)
    assert str(intruder) in str(refusal.value)
    assert str(tmp_path / "ours" / "pretended_root") in str(refusal.value)


def test_a_root_beside_us_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_package(tmp_path, "beside_us_root")
    monkeypatch.syspath_prepend(tmp_path)
    refuse_shadows(("beside_us_root",), home=tmp_path)
    assert whereabouts("beside_us_root") == tmp_path / "beside_us_root"


def test_a_root_that_is_one_module_or_a_bare_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lone_module_root.py").touch()
    (tmp_path / "bare_folder_root").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert whereabouts("lone_module_root") == tmp_path / "lone_module_root.py"
    assert whereabouts("bare_folder_root") == tmp_path / "bare_folder_root"
    for root in ("lone_module_root", "bare_folder_root"):
        with pytest.raises(ShadowedError):
            refuse_shadows((root,), home=tmp_path / "ours")


def test_a_root_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ShadowedError, match="found nowhere"):
        refuse_shadows(("a_root_that_nobody_ships",))


def test_the_command_refuses_in_one_sentence_and_without_a_traceback(tmp_path: Path) -> None:
    intruder = make_package(tmp_path, "trust")
    path = os.pathsep.join((str(tmp_path), str(HOME)))
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "perseus", "--help"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 4
    assert str(intruder) in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
