"""A verifier's own copy of the register: read from static files, checked whole, and never taken back."""
