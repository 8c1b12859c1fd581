"""Source to raw text."""
