"""The widgets, one a file: snapshots in, messages out, a pure drawing beneath."""
