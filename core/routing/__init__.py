"""Which models are tried for a brief, in which order, and what a failure does."""
