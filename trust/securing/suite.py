"""The Data Integrity cryptosuites of the scheme, and the key that each takes (vc-di-ecdsa 1.0; vc-di-eddsa 1.0)."""

from enum import StrEnum
from typing import Self

from trust.keys import Algorithm


class Suite(StrEnum):
    """A cryptosuite, by its name in `cryptosuite`."""

    algorithm: Algorithm
    """The one signature algorithm that proofs of this suite are made with."""

    ECDSA_JCS_2019 = "ecdsa-jcs-2019", Algorithm.P256
    EDDSA_JCS_2022 = "eddsa-jcs-2022", Algorithm.ED25519

    def __new__(cls, name: str, algorithm: Algorithm) -> Self:
        """Make a member that is its own name."""
        suite = str.__new__(cls, name)
        suite._value_, suite.algorithm = name, algorithm
        return suite
