"""Where the mechanisms meet: the chain from dose to mood."""
