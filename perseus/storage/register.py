"""The members' log as a party holds it: the operator's own, or a member's copy of it."""

from perseus.storage.log import MEMBERS, Seen

__all__ = [
    "MEMBERS",
    "Seen",
    "append",
    "entries",
    "newest",
    "register_checkpoints",
    "register_entries",
    "see",
    "seen_at",
    "size",
]

register_entries, register_checkpoints = MEMBERS.entries, MEMBERS.checkpoints
size, append, entries = MEMBERS.size, MEMBERS.append, MEMBERS.read
see, newest, seen_at = MEMBERS.see, MEMBERS.newest, MEMBERS.seen_at
