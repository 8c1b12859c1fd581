"""Training of the Italian spaCy pipeline shipped in ``pipeline/models/it_news_sm``."""
