"""The whole story, meter to bank, run for real on one machine; then the same chain, broken on purpose."""
