"""How things change in time; no biology."""
