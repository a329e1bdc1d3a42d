"""IB1's own records of provenance: their container, their steps, and the certificates that sign them.

Provenance Records 1.0, in version 0 of the container. Where the published text and the library `ib1-provenance`
differ, the library is followed (docs/decisions/0014-ib1-records-as-the-library-signs-them.md).
"""
