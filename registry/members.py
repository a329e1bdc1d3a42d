"""A member as applications list it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from registry.history import History, Key, Service, Span
from trust.did import Did
from trust.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Member:
    """A member by name, with its roles (URLs), keys and services; `active` while neither suspended nor gone.

    `agreement` is the version of the scheme's agreement that it signed last.
    """

    did: Did
    name: str
    roles: tuple[str, ...]
    keys: tuple[PublicKey, ...]
    services: tuple[Service, ...]
    active: bool
    agreement: str | None = None

    @classmethod
    def of(cls, did: Did, history: History, *, at: datetime | None = None) -> Self:
        """Read a member from its history, as it stood at a moment; without one, by what has no end yet."""
        profile = history.profiles[-1]
        return cls(
            did,
            profile.name,
            tuple(dict.fromkeys(role.url for role in history.roles if _holds(role.span, at))),
            tuple(key.key for key in history.keys if _signs(key, at)),
            profile.services,
            _is_active(history, at),
            history.agreements[-1].version if history.agreements else None,
        )

    def service(self, name: str) -> str | None:
        """Give the URL of a service by its name."""
        return next((item.url for item in self.services if item.name == name), None)


def _holds(span: Span, at: datetime | None) -> bool:
    return span.covers(at) if at is not None else not span.ends


def _signs(key: Key, at: datetime | None) -> bool:
    return _holds(key.span, at) and not key.compromises


def _is_active(history: History, at: datetime | None) -> bool:
    if at is None:
        stays = not history.memberships[-1].leavings
        return stays and all(item.end is not None for item in history.suspensions)
    stays = any(item.covers(at) for item in history.memberships)
    return stays and not any(item.covers(at) for item in history.suspensions)
