"""A static, self-contained HTML report over the outputs of a run."""
