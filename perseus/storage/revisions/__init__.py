"""How the tables came to be, revision by revision; each builds only what the party holds."""
