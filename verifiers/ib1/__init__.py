"""The audit of IB1's own provenance records: the same verdict, by the rules of Provenance Records 1.0."""
