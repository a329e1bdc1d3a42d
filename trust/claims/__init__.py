"""What is claimed: plain frozen values, one module for each kind of claim, without signatures or JSON-LD."""
