"""The roots that events speak of, each computed once: many keys are proven over the same checkpoint."""

from dataclasses import dataclass, field
from typing import Final

from registry.log.merkle import Tree


@dataclass(slots=True, eq=False)
class Roots:
    """The roots of one tree."""

    tree: Final[Tree]
    _known: Final[dict[int, bytes]] = field(default_factory=dict)

    def at(self, size: int) -> bytes:
        """Give the root over the first `size` leaves.

        Raises:
            MalformedError: the tree has fewer leaves.
        """
        return self._known.get(size) or self._known.setdefault(size, self.tree.root_at(size))
