"""What the same exposure does that nobody wanted."""
