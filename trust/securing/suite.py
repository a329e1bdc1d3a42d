"""The Data Integrity cryptosuites of the scheme, and the key that each takes (vc-di-ecdsa 1.0; vc-di-eddsa 1.0)."""

from enum import Enum

from trust.keys import Algorithm


class Suite(Enum):
    """A cryptosuite, by its name in `cryptosuite`."""

    ECDSA_JCS_2019 = "ecdsa-jcs-2019"
    EDDSA_JCS_2022 = "eddsa-jcs-2022"

    @property
    def algorithm(self) -> Algorithm:
        """The one signature algorithm that proofs of this suite are made with."""
        return Algorithm.P256 if self is Suite.ECDSA_JCS_2019 else Algorithm.ED25519
