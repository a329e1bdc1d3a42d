"""The guard against another distribution's package standing where one of ours should (decision 0001)."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

ROOTS = ("specs", "trust", "registry", "issuers", "holders", "verifiers")
HOME = Path(__file__).resolve().parent.parent


class ShadowedError(ImportError):
    """Another package answers to the name of one of ours, so nothing it says could be trusted."""

    def __init__(self, root: str, *, found: Path | None, expected: Path) -> None:
        place = f"it was found at {found}" if found else "it was found nowhere"
        super().__init__(
            f"the package {root!r} is not Perseus's own: {place}, expected at {expected}; "
            "install Perseus in an environment of its own: python3 -m venv .venv",
            name=root,
            path=str(found) if found else None,
        )


def refuse_shadows(roots: Sequence[str] = ROOTS, *, home: Path = HOME) -> None:
    """Make sure that every root lies beside this package, before any of them is imported.

    Raises:
        ShadowedError: a root comes from elsewhere, or from nowhere.

    """
    for root in roots:
        found = whereabouts(root)
        if found != home / root:
            raise ShadowedError(root, found=found, expected=home / root)


def whereabouts(root: str) -> Path | None:
    """Find the folder from which Python would import this name, without importing it."""
    spec = importlib.util.find_spec(root)
    if spec is None:
        return None
    if spec.origin is None:
        return next((Path(place).resolve() for place in spec.submodule_search_locations or ()), None)
    origin = Path(spec.origin).resolve()
    return origin.parent if origin.name.startswith("__init__.") else origin
