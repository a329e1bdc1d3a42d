"""Turn credentials into reports: evidence, policy as data, one small function for each check, the chain."""
