"""From a glutamate surge to new connections."""
