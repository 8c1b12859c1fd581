"""Predictions measured against annotated articles.

Overlap is counted on word tokens (runs of ``\\w`` in the raw text) by position. Every measure is
better when higher; a document's measures add up over documents (`quality.measures.total`). What is
predicted inside gold boilerplate counts as a leak, not as a false positive.
"""

from quality.score.document import Scored, feature_recall, score_document
from quality.score.pairs import score_pairs

__all__ = ["Scored", "feature_recall", "score_document", "score_pairs"]
