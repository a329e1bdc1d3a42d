"""A witness: a small process that cosigns what a log signed, and never lets it go back (C2SP tlog-witness)."""
