"""Statements about the world that can be lost: what an article says, what is known, what the model shows."""
