"""The decks that the lessons follow: the order in which they are listed, and what each is called in full."""

from __future__ import annotations

DECKS = {
    "mason": "Mason Brain (2019), Introduction to Machine Learning and Deep Learning",
    "bumic": "BU Machine Intelligence Community (2019), Intro to Deep Learning",
    "salford": "University of Salford, Artificial Intelligence, Lecture 7",
    "notebook": "A notebook on neural networks and deep learning",
    "ala": "Notes on Advanced Learning Algorithms",
}
"""Deck by its short name. A deck that is not here (a teacher's own) comes after these and is called as it is."""


def full_title(deck: str) -> str:
    """What the deck is called in full; a deck not in the table is called by its own name."""
    return DECKS.get(deck, deck)


def place(deck: str) -> int:
    """Where the deck stands in the list."""
    return [*DECKS, deck].index(deck)
