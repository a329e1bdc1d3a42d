"""Who is a member of the scheme, in which role, with which keys, and when: the fold of one append-only log."""
