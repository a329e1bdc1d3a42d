"""Readers of what meters, suppliers and the grid operator write: bytes in, values and findings out."""
