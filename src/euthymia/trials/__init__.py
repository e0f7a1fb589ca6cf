"""Designs as data, conduct and analysis as functions."""
