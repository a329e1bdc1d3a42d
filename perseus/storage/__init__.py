"""What each party keeps: one module a noun, one database a party, holding that party's tables and no other."""
