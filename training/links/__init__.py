"""Trains the weights of the model that links claims of two documents."""
