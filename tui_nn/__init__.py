"""A neural network that you can read, in the terminal."""

__version__ = "0.1.0"
