"""The operator's two logs while they run: sequenced, witnessed, published, served, followed."""
