"""Layers, losses, initialisers, optimisers: pages of equations and their hyper-parameters."""
