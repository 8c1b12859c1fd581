"""Training of the English spaCy pipeline's names; its syntax is the stock small model's."""
