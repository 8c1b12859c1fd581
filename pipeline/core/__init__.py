"""Plain data of the pipeline: no input or output, no third-party imports."""
