"""The shared language of the scheme: what is claimed, signed, linked and found."""
