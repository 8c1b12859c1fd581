"""Training of small spaCy name recognisers; the encoder teaches where corpora are silent."""
