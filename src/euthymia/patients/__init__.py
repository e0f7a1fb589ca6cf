"""Who takes part: covariates, histories and how people differ."""
