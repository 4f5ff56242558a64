"""One run: where it stands, stepping, history, breakpoints, watches, what-if branches."""
