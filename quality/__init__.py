"""How good the pipeline is: annotated articles, a scorer, floors, golden records.

``python -m quality`` runs the pipeline over annotated articles and prints one table.
"""
