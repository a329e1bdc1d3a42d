"""The small firm's wallet: grant, hold, present, withdraw."""
