"""The provenance of a chain as a picture: what stands in it, where, and as SVG or DOT."""
