"""What is known, by whom, how surely."""
