"""Names as a lecturer writes them put back into names as they are typed: `∂L/∂w₁` is `dw1`, `m̂.w₁` is `m_hat.w1`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from tui_nn.lang.expression import Name
from tui_nn.lang.unicode import unicode

_INSIDE = r"\w.\u0300-\u036f"  # what continues a name: letters, digits, indices, marks on letters


def typed(text: str, names: Iterable[str], gradients: Mapping[str, str], loss: str) -> str:
    """The text with all names that `unicode` would write put back; a name that two would be written as stays.

    Args:
        text: an expression, or a name alone.
        names: those that there are.
        gradients, loss: as for `unicode`.
    """
    if text.isascii():
        return text
    known = dict.fromkeys(names)
    found: dict[str, list[str]] = {}
    for name in known:
        shown = unicode(Name(name), gradients=gradients, loss=loss)
        if shown not in known:
            found.setdefault(shown, []).append(name)
    single = {shown: of[0] for shown, of in found.items() if len(of) == 1}
    if not single:
        return text
    longest_first = "|".join(map(re.escape, sorted(single, key=len, reverse=True)))
    pattern = rf"(?<![{_INSIDE}])(?:{longest_first})(?![{_INSIDE}])"
    return re.sub(pattern, lambda m: single[m[0]], unicodedata.normalize("NFC", text))
