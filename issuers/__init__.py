"""Turning facts into signed credentials: one may-I-issue rule for each kind."""
