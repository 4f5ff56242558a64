"""What is on the screens that are no steppers, for their help: read from the tables that they are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui_nn.engine.program import Program
from tui_nn.lang import language
from tui_nn.lessons.lesson import Lesson
from tui_nn.nn.optimizers import OPTIMIZERS
from tui_nn.session.settings import PANELS, Row
from tui_nn.tui.drawing.state import title
from tui_nn.tui.notation import Notation
from tui_nn.tui.why import ROLES, UPDATE, Section
from tui_nn.tui.wording import label, meaning, unset
from tui_nn.view.look import Look

ENDED = (
    "how it ended: finished, after all its epochs or steps; time is up; early stopping, a condition, interrupted, or a "
    "number that is not finite; training: right now; unfinished: it was cut off, and can be resumed"
)
TEST = "what its weights are worth on rows that it has never seen: the last ones, or with early stopping the best"
RUNS: Section = (
    "On the screen",
    (
        ("run", "its folder's name; the row in focus and those that are marked are drawn below"),
        ("layers", "units of the hidden layers"),
        ("status", ENDED),
        ("epochs", "how many it has done"),
        ("loss", "on the training rows in the last epoch"),
        ("test", TEST),
        ("curves", "of the runs that are marked, over one another"),
        ("differences", "the settings in which they differ; of a single run, those that are not as usual"),
        ("figures", "a run's data and network, how it ended, and its weights judged anew"),
    ),
)  # fmt: skip

TRAINING: Section = (
    "On the screen",
    (
        ("loss", "of the training rows as they were learned from, and of the validation rows after each epoch"),
        ("batches", "the mean loss of the batches since the point before: within epochs, where these take long"),
        ("‖w‖", "how large a parameter is: the root of the sum of its squares"),
        ("‖grad‖", "likewise of the loss's gradient by it: how much there is to learn"),
        ("Δ/w", "how far the latest step went, against the weight: about 0.001 is usual"),
        ("dead", "units that say the same for every example of the batch: nothing is learned through them"),
        ("confusion", "true classes in rows, and what they were taken for in columns"),
    ),
)

FIELDS: Section = (
    "On the screen",
    (
        ("Equations", "a line each, from what is given to the loss; the last line is what gradients are taken of"),
        (
            "Values",
            "of each name that no line computes: a number, [1, 2], or [[1, 2], [3, 4]]; brackets may go on over lines",
        ),
        ("drawn values", '{init = "normal", shape = [3, 4]}, or zeros, ones, constant, uniform, as in a file of yours'),
        ("Optimiser", "its name and its settings, such as adam lr=0.1; empty for plain gradient descent"),
        (
            "on the right",
            "the whole listing that follows, as it will be stepped; Tab leads there, arrows scroll it",
        ),
        ("^", "what is wrong stands under its line; the sign is under the place (< or > where that is out of sight)"),
    ),
)
DERIVED: Section = (
    "Names of derived lines",
    (
        ("∂L/∂w", "the gradient of the loss L by w; it is typed dw"),
        ("δ₁, δ₂", "the gradient by an expression within a line, where several lines need it; typed delta1"),
        ("u₁, u₂", "the value of such an expression"),
    ),
)


def of_lesson(lesson: Lesson) -> list[Section]:
    """What a lesson has to say for itself, paragraph by paragraph, and the slips of its slide that are no numbers."""
    said = f"{lesson.summary}\n\n{lesson.notes}".strip().split("\n\n")
    paragraphs = [("", " ".join(text.split())) for text in said]
    apart = tuple(pair for paragraph in paragraphs for pair in (("", ""), paragraph))[1:]
    slips = tuple((slip.printed, f"should be {slip.right}: {slip.note}") for slip in lesson.errata)
    return [("The lesson", apart), *([("On its slide", slips)] if slips else [])]


def of_lockstep(programs: Mapping[str, Program], look: Look) -> list[Section]:
    """Each optimiser by its equations, then every name that stands in the boxes."""
    found: list[Section] = [
        (
            "On the screen",
            (
                ("each box", "one optimiser on the same problem; the line over it was computed last"),
                ("columns", "an entry of the parameter each"),
                ("loss", "that of each optimiser in every iteration; the mark is where all of them stand"),
            ),
        )
    ]
    names: dict[str, str] = {}
    for name, program in programs.items():
        notation = Notation(program, look.ascii_only)
        lines = [line for line in program.lines if line.phase == "update" and line.shape is None]
        words = OPTIMIZERS[name].title if name in OPTIMIZERS else name
        found.append((f"{name}: {words}", tuple((f"{line.number}", notation.line(line)) for line in lines)))
        names |= {notation.name(n): UPDATE.get(n, ROLES[role]) for n, role in program.update_roles.items()}
    notation = Notation(next(iter(programs.values())), look.ascii_only)
    names[title("theta'", notation, look)] = "the parameter after the update"
    names["change" if look.ascii_only else f"Δ{notation.name('theta')}"] = (
        "by how much the update changed it: the effective step"
    )
    return [*found, ("Names", tuple(names.items()))]


def of_equations() -> list[Section]:
    """The fields, the names that derived lines have, and the language."""
    return [FIELDS, DERIVED, ("Operators", language.OPERATORS), ("Functions", language.FUNCTIONS)]


def of_settings(shown: Iterable[str], table: Mapping[str, Row]) -> list[Section]:
    """The settings that have a field, by panel: what they mean, and what holds where the field is empty."""
    names = [name for name in table if name in set(shown)]
    return [
        (panel, tuple((label(name), _meaning(table[name])) for name in names if table[name].panel == panel))
        for panel in PANELS
        if any(table[name].panel == panel for name in names)
    ]


def _meaning(row: Row) -> str:
    return f"{meaning(row)} Empty: {unset(row)}." if row.unset else meaning(row)
