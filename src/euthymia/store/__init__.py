"""Runs that are kept: a catalogue, shards of rows, where they came from, and questions to them; no biology."""
