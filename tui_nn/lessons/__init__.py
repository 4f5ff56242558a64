"""The slides' worked examples, and a user's own: TOML files, their loader and their checker."""
