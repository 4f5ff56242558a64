"""Measurements: programs that print a table or JSON, and fail where a bar is not met. Not part of the package."""
