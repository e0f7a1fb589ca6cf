"""Simulate antidepressant treatment from the dose to the synapse to the rating scale. Research and teaching only."""
