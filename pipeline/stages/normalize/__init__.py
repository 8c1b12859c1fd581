"""Raw text becomes the article: repaired, without boilerplate, in paragraphs."""
