"""Values as people type them: after `--at`, and in the app, where several stand one below the other.

A number, a list of numbers, a list of rows (a bracket may go on over lines), or how to draw one, written as in a
lesson's file: `{init = "normal", shape = [3, 4]}`. What cannot be read has its place in the text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn, TypeAlias

from tui_nn.lessons.fields import Unfit, tensor
from tui_nn.lessons.lesson import Init
from tui_nn.lessons.nested import Nested
from tui_nn.lessons.value_slips import DRAWN, after_value, no_pair, no_value
from tui_nn.session.plain_values import NON_FINITE

Value: TypeAlias = Nested[float] | Init

_TOKEN = re.compile(
    r"""(?P<blank>[^\S\n]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<number>[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|nan|Infinity|inf)(?![\w.]))
    |(?P<slip>[0-9][\w.]*)
    |(?P<text>"[^"\n]*"|'[^'\n]*')
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>.)""",
    re.VERBOSE,
)
_NEVER_CLOSED = "a bracket is opened here and never closed"


class Unread(Exception):
    """Something that is no value.

    Attributes:
        reason: what is wrong and what would do.
        at: where in the text, in characters from 0.
    """

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


class Given(NamedTuple):
    """One value of several; `line` is the one in which its name stands, from 0."""

    value: Value
    line: int


def value_of(text: str) -> Value:
    """The value that `text` is. Raises Unread."""
    reader = _Reader(text)
    value = reader.value()
    reader.skip_newlines()
    if reader.next.kind != "end":
        reader.fail_after_value()
    return value


def values_of(text: str) -> dict[str, Given]:
    """`x = 1`, a line each, or with semicolons between them; each name once. Raises Unread."""
    reader, found = _Reader(text), dict[str, Given]()
    while True:
        while reader.next.kind == "newline" or reader.next.text in (";", ","):
            reader.take()
        if reader.next.kind == "end":
            return found
        token = reader.name()
        name = unicodedata.normalize("NFKC", token.text)  # as Python's parser reads names in equations
        if name in found:
            raise Unread(f"`{name}` is given already, in line {found[name].line + 1}; leave one out", token.at)
        found[name] = Given(reader.value(), text.count("\n", 0, token.at))
        reader.end_of_value()


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """The place of a character, both from 0."""
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Reader:
    """What is left of a text, a token at a time."""

    def __init__(self, text: str) -> None:
        found = (_Token(m.lastgroup or "", m[0], m.start()) for m in _TOKEN.finditer(text))
        self._tokens = [token for token in found if token.kind != "blank"]
        self._tokens += [_Token("end", "", len(text.rstrip()))] * 2  # there is always one after the next
        self._place = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._place]

    @property
    def following(self) -> _Token:
        return self._tokens[self._place + 1]

    def take(self) -> _Token:
        token = self.next
        self._place += token.kind != "end"
        return token

    def skip_newlines(self) -> None:
        while self.next.kind == "newline":
            self.take()

    def name(self) -> _Token:
        """A name and its equals sign."""
        name = self.next
        if not name.text.isidentifier():
            raise Unread(no_pair(name.text), name.at)
        self.take()
        if self.next.text != "=":
            raise Unread(no_pair(self.next.text), self._here())
        self.take()
        if self.next.kind == "newline" and self.following.text in ("[", "{"):
            self.take()
        return name

    def value(self) -> Value:
        if self.next.text == "[":
            return self._list()
        if self.next.text == "{":
            return self._drawn()
        return self._number()

    def end_of_value(self) -> None:
        """A new line or a semicolon; a comma too, where it is no decimal one."""
        comma_ends = self.next.text == "," and self.following.kind in ("newline", "end", "name")
        if self.next.kind not in ("newline", "end") and self.next.text != ";" and not comma_ends:
            self.fail_after_value()

    def fail_after_value(self) -> NoReturn:
        before = self._tokens[self._place - 1].text
        raise Unread(after_value(before, self.next.kind, self.next.text, self.following.text), self.next.at)

    def _number(self) -> float:
        token = self.next
        if token.kind == "text" and token.text[1:-1] in NON_FINITE.values():  # as our JSON has them
            return float(self.take().text[1:-1])
        if token.kind != "number":
            raise Unread(no_value(token.kind, token.text, self.following.text), self._here())
        number = float(self.take().text)
        if math.isinf(number) and "inf" not in token.text.lower():
            raise Unread("the number is too large", token.at)
        return number

    def _list(self, depth: int = 1) -> Nested[float]:
        opening, found = self.take(), list[Any]()
        if depth > 2:
            raise Unread("this has 3 axes; a value is a number, a list or a list of rows", opening.at)
        self.skip_newlines()
        while self.next.text != "]":
            token = self.next
            if token.kind == "end" or (token.kind == "name" and self.following.text == "="):
                raise Unread(_NEVER_CLOSED, opening.at)
            found.append(self._list(depth + 1) if token.text == "[" else self._number())
            if why := _misfit(found):
                raise Unread(why, token.at)
            self._comma()
        self.take()
        if not found:
            raise Unread("this is an empty list; a vector has one number at least", opening.at)
        return tuple(found)

    def _comma(self) -> None:
        self.skip_newlines()
        token = self.next
        if token.text == ",":
            self.take()
            self.skip_newlines()
        elif token.text == ";":
            raise Unread("each row has brackets of its own: [[1, 2], [3, 4]]", token.at)
        elif token.kind == "number" or token.text == "[":
            raise Unread("a comma is missing before this: [1, 2]", token.at)
        elif token.text != "]" and token.kind not in ("end", "name"):
            self.fail_after_value()

    def _drawn(self) -> Value:
        opening, table = self.take(), dict[str, Any]()
        self.skip_newlines()
        while self.next.text != "}":
            key = self.take()
            if key.kind == "end":
                raise Unread(_NEVER_CLOSED, opening.at)
            if key.kind != "name" or self.next.text != "=":
                raise Unread(f"what stands in {{ }} is not a number but how to draw some: {DRAWN}", key.at)
            self.take()
            table[key.text] = self._setting()
            self.skip_newlines()
            if self.next.text == ",":
                self.take()
                self.skip_newlines()
        self.take()
        try:
            found = tensor(table)
        except Unfit as unfit:
            raise Unread(str(unfit), opening.at) from None
        return found

    def _setting(self) -> Any:
        """What stands in { } after an equals sign, as `fields.tensor` takes it."""
        if self.next.kind in ("name", "text"):
            return self.take().text.strip("\"'")
        if self.next.text == "[":
            listed = self._list()
            return [int(n) if isinstance(n, float) and n.is_integer() else n for n in listed]  # type: ignore[union-attr]
        return Decimal(self._number())

    def _here(self) -> int:
        """Where the next token stands; behind the last one, where the line or the text is over."""
        if self.next.kind in ("newline", "end") and self._place:
            before = self._tokens[self._place - 1]
            return before.at + len(before.text)
        return self.next.at


def _misfit(parts: list[Any]) -> str:
    """What is wrong with the last part of a list, '' where nothing is."""
    first, last = parts[0], parts[-1]
    if isinstance(first, tuple) != isinstance(last, tuple):
        return "a list has numbers or rows, not both"
    if isinstance(first, tuple) and len(first) != len(last):
        return f"this row has {len(last)} and the first one {len(first)}; a matrix has rows that are equally long"
    return ""
