"""The oracle, its own hand-worked tests, and its comparison with what the pipeline releases."""
