"""From blocked receptors to firing rates."""
