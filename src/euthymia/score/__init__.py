"""How well unseen trials are predicted, beside what a statistician would have said without a mechanism."""
