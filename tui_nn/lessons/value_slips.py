"""What to say of what stands where a value should, or right after one. Pure words: `typed_values` knows the places."""

from __future__ import annotations

import re

from tui_nn.lessons.fields import INITS

KINDS = "a number (0.5), a list ([1, 2]) or a list of rows ([[1, 2], [3, 4]])"
DRAWN = '{init = "normal", shape = [3, 4]}'
NOTHING = "there is no value yet: a number, [1, 2], or [[1, 2], [3, 4]]"
NO_PAIR = "write a name, an equals sign and a number: x = 1"
CALCULATION = "a value is a number, without a calculation; put that into an equation"

_SIGNS = {
    **dict.fromkeys("−–—", "a minus is written with the hyphen, -"),
    **dict.fromkeys("“”„‘’", 'quotes are the straight ones of the keyboard: "..."'),
    **dict.fromkeys("*/^@+-", CALCULATION),
    "(": f"lists have square brackets; a value is {KINDS}",
    "=": "a value is given with one equals sign: x = 1",
    "]": "a closing bracket without its opening one",
}
_NO_NAMES = ("true", "false", "null", "True", "False", "None")


def no_pair(wrong: str) -> str:
    """Instead of a name and an equals sign."""
    return "digits in a name are plain ones, as in w1" if re.search("[₀-₉⁰-⁹²³¹]", wrong) else NO_PAIR


def no_value(kind: str, text: str, following: str) -> str:
    """Instead of a number; `kind` is that of the token, `following` the text of the next one."""
    if kind in ("end", "newline"):
        return NOTHING
    if text in ("+", "-"):
        return f"a sign stands right before its number: {text}1"
    if kind == "name" and following in ("(", "."):
        drawn = DRAWN.replace("normal", text if text in INITS else "normal")
        return f"a value is not computed; one that is drawn is written {drawn}"
    if kind in ("text", "slip") or text in _NO_NAMES:
        return f"`{text}` is not a number; a value is {KINDS}"
    if kind == "name":
        return f"a value is {KINDS}; a name cannot stand for one"
    return _SIGNS.get(text, f"a value is {KINDS}")


def after_value(before: str, kind: str, text: str, following: str) -> str:
    """Instead of the end of a value; `before` is its last token."""
    if text == "," and re.fullmatch(r"[+-]?[0-9]+", before) and re.fullmatch(r"[0-9]+", following):
        both = f"{before},{following}"
        return f"a decimal number is written with a point ({before}.{following}), a list in brackets ([{both}])"
    if kind == "number" and text[0] in "+-":
        return CALCULATION
    return _SIGNS.get(text, "one value a line; several numbers are a list: [1, 2]")
