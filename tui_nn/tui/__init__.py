"""The app: Textual screens and widgets over the Session. Threads exist in `bridge` only; keys are data in `keys`."""
