"""How a document is secured: one module a mechanism, each asking only whether these bytes fit this key."""
