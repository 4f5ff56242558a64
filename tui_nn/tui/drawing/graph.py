"""The forward page as a graph with its values and gradients; or, where it is made of layers, as a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tui_nn.lang.expression import names
from tui_nn.session.frame import Host
from tui_nn.tui.drawing.listing import entries
from tui_nn.tui.layers import Stage
from tui_nn.tui.notation import Notation
from tui_nn.tui.rows import Key
from tui_nn.tui.snapshot import Head
from tui_nn.tui.subject import Subject
from tui_nn.view.graph_plan import Node
from tui_nn.view.look import Look
from tui_nn.view.network import network
from tui_nn.view.network_plan import Layer
from tui_nn.view.picture import Picture

_VALUE = 14  # cells of a node's value


def labels(subject: Subject) -> dict[str, str]:
    """How each name of the forward page reads in the graph; as it is typed where two would read the same."""
    program, notation = subject.program, subject.notation
    read = [n for q in program.lines if q.phase in ("forward", "loss") for n in (q.name, *names(q.expression))]
    shown = {n: notation.name(n) for n in dict.fromkeys(read)}
    taken = Counter(shown.values())
    return {n: text if taken[text] == 1 else n for n, text in shown.items()}


def nodes(subject: Subject, heads: Mapping[Key, Head], look: Look) -> list[Node]:
    """A node for each forward line and each name that it reads.

    A parameter that the update has set is θ′, as in the state: what is computed here came from the one before.
    """
    shown = labels(subject)
    program, notation = subject.program, subject.notation
    lines = [line for line in program.lines if line.phase in ("forward", "loss")]
    inner = {line.name: line for line in lines}
    leaves = dict.fromkeys(n for line in lines for n in names(line.expression) if n not in inner)
    gradient_lines = {of: program.line_of(name) for name, of in notation.gradients.items()}

    def node(name: str, key: Key, label: str, inputs: tuple[str, ...]) -> Node:
        head, line = heads.get(key), gradient_lines.get(name)
        slope = heads.get(line.number) if line else None
        return Node(
            shown[name],
            label,
            _text(head, look) if head else "",
            None if line is None else _text(slope, look) if slope else "",
            tuple(shown[n] for n in inputs),
            head is not None and head.changed,
        )

    is_over = program.update is not None and program.lines[-1].number in heads
    after = program.parameters if is_over else ()
    found = [node(name, name, shown[name] + ("′" if name in after else ""), ()) for name in leaves]
    return found + [node(q.name, q.number, notation.line(q), names(q.expression)) for q in lines]


def _text(head: Head, look: Look) -> str:
    return entries(head.entries, head.shape, look, _VALUE)


def arrays_of(chain: Sequence[Stage], *, gradients: bool) -> tuple[str, ...]:
    """The names whose values the drawing of the network needs."""
    lead = "d" if gradients else ""
    return (*(s.name for s in chain), *(lead + s.weight for s in chain if s.weight))


def network_drawing(
    chain: Sequence[Stage],
    arrays: Mapping[str, Host],
    notation: Notation,
    look: Look,
    width: int,
    height: int,
    *,
    gradients: bool,
    focus: tuple[str, tuple[int, ...]] | None = None,
) -> Picture:
    """Draw the layers for one example of the batch; `focus` is an entry, whose neuron's strokes are drawn."""
    count, example = _example(chain, arrays, focus)
    layers = [
        Layer(notation.name(s.name), s.size, _values(arrays.get(s.name), s, example), image=s.image) for s in chain
    ]
    lead = "d" if gradients else ""
    weights = []
    for s in chain[1:]:
        array = arrays.get(lead + s.weight)
        weights.append(None if array is None else array if s.inputs_first else array.T)
    what = _strokes(weights, f", example {example}" if count > 1 else "", width, gradients=gradients)
    return network(layers, weights, look, width, height, focus=_neuron(chain, focus), what=what)


def _strokes(weights: Sequence[Host | None], example: str, width: int, *, gradients: bool) -> str:
    """What the strokes between the layers are, and of which example the neurons are; or why there are no strokes."""
    known = [array is not None for array in weights]
    if all(known):
        return f"{'gradients' if gradients else 'weights'}{example}"
    if any(known):
        return f"gradients so far{example}"
    reason = "gradients: not computed yet"
    whole = f"{reason}; the backward pass computes them"
    return whole if len(whole) <= width else reason


def _example(
    chain: Sequence[Stage], arrays: Mapping[str, Host], focus: tuple[str, tuple[int, ...]] | None
) -> tuple[int, int]:
    """How many examples there are, and the one that an entry in focus belongs to; the first where it is of none."""
    first = arrays.get(chain[0].name)
    if first is None or first.ndim < 2:
        return 1, 0
    count = first.shape[0 if chain[0].examples_first else 1]
    for stage in chain:
        if focus and focus[0] in (stage.name, f"d{stage.name}") and len(focus[1]) == 2:
            return count, min(focus[1][0 if stage.examples_first else 1], count - 1)
    return count, 0


def _values(array: Host | None, stage: Stage, example: int) -> Host | None:
    if array is None or array.ndim < 2:
        return array
    values: Host = array[example] if stage.examples_first else array[:, example]
    return values


def _neuron(chain: Sequence[Stage], focus: tuple[str, tuple[int, ...]] | None) -> tuple[int, int] | None:
    """The (layer, neuron) that an entry belongs to: of a layer's values, or of the weights into it."""
    if focus is None:
        return None
    name, index = focus
    for i, stage in enumerate(chain):
        if name in (stage.name, f"d{stage.name}") and index:
            return i, index[-1 if stage.examples_first else 0]
        if stage.weight and name in (stage.weight, f"d{stage.weight}"):
            return i, index[1 if stage.inputs_first else 0]
    return None
