"""From the state of the brain to what a rater writes down."""
