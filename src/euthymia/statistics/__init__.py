"""Methods that take a table and know nothing of simulation."""
