"""From dose to plasma to target."""
