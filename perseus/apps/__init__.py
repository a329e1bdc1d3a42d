"""The services of the six parties: what each answers over HTTP, and what it does on its own account."""
