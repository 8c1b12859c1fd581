"""Translation engines behind one chain: memory first, then each configured engine in turn."""
