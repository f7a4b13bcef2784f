"""Readers: one file a kind of source. Raw rows, nothing interpreted, no vendor's meaning."""
