"""The evidence log: what members commit to at fixed intervals, so that the time of a signature can be proven."""
