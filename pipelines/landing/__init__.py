"""Immutable batches of raw rows, and their ledger."""
