"""Pure renderables: plain data in (host arrays, strings, small frozen dataclasses), a `Picture` out.

Nothing here knows Textual, a Session or a live engine: the CLI prints a Picture, a widget copies its lines into
Strips, and a test reads its text. Each function takes a `Look` (colours, dark or light, glyph set), so that one
process can draw for many screens.
"""
