"""The app as plain lines of text: commands in, one a line, and what they lead to; for screen readers and scripts."""
