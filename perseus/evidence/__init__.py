"""The evidence log in a running party: what it commits to at every interval, and what it can prove from that."""
