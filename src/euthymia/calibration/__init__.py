"""What the published trials say about the numbers without a source."""
