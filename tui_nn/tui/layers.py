"""Whether a page is a network of layers, and which: for drawing it as one.

A layer is a product of what came before with a matrix of parameters, and the functions of a single argument that
follow it. A page whose products do not form one chain is no such network, and is drawn as a computation graph.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_nn.engine.program import Program
from tui_nn.lang.expression import Call, Expression, Name, names, walk


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer.

    Attributes:
        name: of the values that are drawn: the input, or the latest function of the layer's product.
        size: neurons.
        examples_first: whether an example is a row.
        weight: the parameter between the stage before and this one, '' for the input.
        inputs_first: whether the weight's rows belong to the stage before.
        image: (height, width) where the neurons are an image's, row by row.
    """

    name: str
    size: int
    examples_first: bool
    weight: str = ""
    inputs_first: bool = True
    image: tuple[int, int] | None = None


def stages(program: Program, image: tuple[int, int] | None = None) -> tuple[Stage, ...]:
    """The layers from the input to the output; () where the page is not a chain of them.

    Args:
        image: what an example is, where it is one.
    """
    found = _chain(program)
    if image is None or not found or found[0].size != image[0] * image[1]:
        return found
    return replace(found[0], image=image), *found[1:]


def _chain(program: Program) -> tuple[Stage, ...]:
    found: list[Stage] = []
    latest = ""
    for line in program.lines:
        if line.phase != "forward":
            continue
        products = [p for e in walk(line.expression) if (p := _product(e, program)) is not None]
        if len(products) > 1:
            return ()
        if products:
            source, stage = products[0]
            if found and source != found[-1].name:
                return ()
            if not found:
                found.append(Stage(source, _neurons(program, source, stage.examples_first), stage.examples_first))
            found.append(replace(stage, name=line.name))
            latest = line.name
        elif found and _follows(line.name, line.expression, latest, program):
            latest = line.name
            found[-1] = replace(found[-1], name=latest)
    return tuple(found)


def _product(e: Expression, program: Program) -> tuple[str, Stage] | None:
    """What a product multiplies with a matrix of parameters, and the stage that this makes."""
    if not (isinstance(e, Call) and e.op == "matmul"):
        return None
    (left, left_turned), (right, right_turned) = map(_bare, e.args)
    if _is_weight(right, program) and left and not left_turned and left not in program.parameters:
        outputs = program.shape(right)[0 if right_turned else 1]
        return left, Stage("", outputs, True, right, not right_turned)
    if _is_weight(left, program) and right and not right_turned and right not in program.parameters:
        outputs = program.shape(left)[1 if left_turned else 0]
        return right, Stage("", outputs, False, left, left_turned)
    return None


def _bare(e: Expression) -> tuple[str, bool]:
    match e:
        case Name(id=name):
            return name, False
        case Call(op="transpose", args=(Name(id=name),)):
            return name, True
    return "", False


def _is_weight(name: str, program: Program) -> bool:
    return name in program.parameters and len(program.shape(name)) == 2


def _neurons(program: Program, name: str, examples_first: bool) -> int:
    return program.shape(name)[-1 if examples_first else 0]


def _follows(name: str, e: Expression, before: str, program: Program) -> bool:
    """Whether a line is a function of the line before and of nothing else but parameters."""
    read = {n for n in names(e) if n not in program.parameters}
    return read == {before} and program.shape(name) == program.shape(before)
