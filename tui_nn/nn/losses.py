"""Losses: a row each, written in the language; definitions are PyTorch's unless the row says otherwise.

In a row's texts `{p}` is what the network puts out, `{q}` the same held between eps and 1 - eps, and `Y` the targets,
all (outputs, examples). `losses` is what each entry, or each example, adds; `mean` the whole loss in one line for the
usual case. Each loss can also be written with `reduction=sum` or `reduction=batchmean` (the sum over all entries,
divided by the examples), and, where targets are classes, with a weight for each class: the weighted mean, as PyTorch's
`CrossEntropyLoss(weight=...)` has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.write import write_number
from tui_nn.nn.draft import Draft
from tui_nn.nn.spec import between, complement, pick

Targets = Literal["values", "binary", "signs", "one_hot"]
Task = Literal["regression", "binary", "multiclass"]


class Loss(NamedTuple):
    """One row of the table.

    Attributes:
        title: its name in words.
        losses: what each entry or example adds.
        targets: `values`, `binary` (0 and 1), `signs` (-1 and 1), or `one_hot` (a column for each example).
        outputs: what the network is to put out: `values`, `scores`, `logits`, `probabilities`, `log_probabilities`.
        mean: the whole loss as one expression, for the mean over all; '' for `mean(losses)`.
        prediction: how outputs become predictions (`softmax({p}, axis=0)`); '' where they are predictions.
        lines: lines that come first, name to text.
        settings, choices: what can be set, see `spec`.
        source: where it comes from, and what it equals in PyTorch.
    """

    title: str
    losses: str
    targets: Targets
    outputs: str
    source: str
    mean: str = ""
    prediction: str = ""
    lines: Mapping[str, str] = {}
    settings: Mapping[str, float] = {}
    choices: Mapping[str, Mapping[str, str]] = {}


_E = {"E": "{p} - Y"}
_Q = {"Q": "clip({p}, {eps}, {most})"}
_EPS = {"eps": 1e-7}
_CLIPPED = "; probabilities are held eps away from 0 and 1 (PyTorch holds the logarithm above -100 instead); 0 does not"

LOSSES: dict[str, Loss] = {
    "mse": Loss(
        "mean squared error", "({p} - Y)**2", "values", "values",
        "Legendre 1805; torch.nn.MSELoss", "mean(({p} - Y)**2)",
    ),
    "half_mse": Loss(
        "half the mean squared error", "({p} - Y)**2 / 2", "values", "values",
        "as many lectures have it, so that its gradient is P - Y", "mean(({p} - Y)**2) / 2",
    ),
    "mae": Loss(
        "mean absolute error", "abs({p} - Y)", "values", "values", "torch.nn.L1Loss", "mean(abs({p} - Y))",
    ),
    "huber": Loss(
        "Huber: squared for small errors, absolute for large ones",
        "where(abs(E) < {delta}, E**2 / 2, {delta} * (abs(E) - {delta} / 2))", "values", "values",
        "Huber 1964; torch.nn.HuberLoss", lines=_E, settings={"delta": 1.0},
    ),
    "hinge": Loss(
        "hinge", "relu(M)", "signs", "scores",
        "Cortes and Vapnik 1995; sklearn.metrics.hinge_loss (PyTorch has only the multi-class one)",
        "mean(relu(M))", lines={"M": "1 - Y * {p}"},
    ),
    "multiclass_hinge": Loss(
        "hinge over classes: every wrong class's score should stay a margin below the right one's",
        "sum((1 - Y) * relu(M), axis=0){over_classes}", "one_hot", "scores",
        "Weston and Watkins 1999; torch.nn.MultiMarginLoss divides by the classes, over_classes=sum does not",
        lines={"right": "sum(Y * {p}, axis=0, keepdims=True)", "M": "{p} - right + {margin}"},
        settings={"margin": 1.0},
        choices={"over_classes": {"mean": " / {outputs}", "sum": ""}},
    ),
    "logistic": Loss(
        "logistic", "softplus(-Y * {p})", "signs", "logits",
        "torch.nn.SoftMarginLoss", "mean(softplus(-Y * {p}))", "sigmoid({p})",
    ),
    "binary_cross_entropy": Loss(
        "binary cross-entropy of probabilities", "-(Y * log({q}) + (1 - Y) * log(1 - {q}))", "binary", "probabilities",
        "torch.nn.BCELoss" + _CLIPPED, "-mean(Y * log({q}) + (1 - Y) * log(1 - {q}))", lines=_Q, settings=_EPS,
    ),
    "sigmoid_cross_entropy": Loss(
        "sigmoid and binary cross-entropy in one, from logits", "softplus({p}) - Y * {p}", "binary", "logits",
        "torch.nn.BCEWithLogitsLoss", "sigmoid_cross_entropy({p}, Y)", "sigmoid({p})",
    ),
    "categorical_cross_entropy": Loss(
        "cross-entropy of probabilities", "-sum(Y * log({q}), axis=0)", "one_hot", "probabilities",
        "torch.nn.NLLLoss of the logarithms" + _CLIPPED, lines=_Q, settings=_EPS,
    ),
    "negative_log_likelihood": Loss(
        "cross-entropy of log-probabilities", "-sum(Y * {p}, axis=0)", "one_hot", "log_probabilities",
        "torch.nn.NLLLoss", prediction="exp({p})",
    ),
    "softmax_cross_entropy": Loss(
        "softmax and cross-entropy in one, from logits", "-sum(Y * log_softmax({p}, axis=0), axis=0)", "one_hot",
        "logits", "torch.nn.CrossEntropyLoss", "softmax_cross_entropy({p}, Y, axis=0)", "softmax({p}, axis=0)",
    ),
}  # fmt: skip
"""Every loss by its name."""

USUAL: dict[Task, str] = {
    "regression": "mse",
    "binary": "sigmoid_cross_entropy",
    "multiclass": "softmax_cross_entropy",
}
"""The loss that a task gets where none is chosen; each has as its last layer a linear one."""

REDUCTION = {"reduction": {"mean": "mean(losses)", "sum": "sum(losses)", "batchmean": "sum(losses) / {examples}"}}

WEIGHT_OF: dict[Targets, str] = {
    "one_hot": "sum(class_weights * Y, axis=0)",
    "binary": "where(Y > 0.5, {positive}, {negative})",
    "signs": "where(Y > 0, {positive}, {negative})",
}
"""The weight of each example, by kind of targets; a regression has no classes to weigh."""

FITTING: dict[str, tuple[str, ...]] = {
    "probabilities": ("sigmoid", "softmax"),
    "log_probabilities": ("log_softmax",),
}
"""The last activations that give such outputs."""

UNFIT = {"logits": ("sigmoid", "softmax", "log_softmax")}
"""The last activations that cannot give such outputs: the loss applies them itself."""


class ChosenLoss(NamedTuple):
    """A row with its settings: `choose("huber(0.5, reduction=sum)")`.

    Attributes:
        spec: as it was asked for. name: of the row. row: the row.
        settings, chosen: every number and every convention, by name.
    """

    spec: str
    name: str
    row: Loss
    settings: Mapping[str, float]
    chosen: Mapping[str, str]

    @property
    def targets(self) -> Targets:
        """The form that targets take, for `targets.encode`."""
        return self.row.targets

    def check(self, activation: str, outputs: int, class_weights: Sequence[float]) -> None:
        """Raise UserError where the last layer does not put out what this loss reads, or the weights do not fit it."""
        kind = self.row.outputs
        unfit = activation in UNFIT.get(kind, ()) or (kind in FITTING and activation not in FITTING[kind])
        if unfit:
            wanted = " or ".join(FITTING.get(kind, ("linear",)))
            instead = _instead(self.row, activation)
            raise UserError(
                f"{self.name} takes {kind.replace('_', '-')}: the last layer is {activation}, make it {wanted}"
                + (f", or take the loss {instead}" if instead else "")
            )
        if self.targets == "one_hot" and outputs < 2:
            raise UserError(f"{self.name} needs an output for each class, and there is one; for two classes take "
                            f"{USUAL['binary']} or make two outputs")  # fmt: skip
        if class_weights:
            self._check_weights(outputs, class_weights)

    def _check_weights(self, outputs: int, class_weights: Sequence[float]) -> None:
        if self.targets not in WEIGHT_OF:
            raise UserError(f"class weights need classes, and {self.name} is a loss of numbers")
        classes = outputs if self.targets == "one_hot" else 2
        if self.targets != "one_hot" and outputs > 1:
            raise UserError(f"class weights of {self.name} need a single output, here are {outputs}")
        if len(class_weights) != classes:
            raise UserError(f"there are {classes} classes and {len(class_weights)} class weights; give one for each")
        for weight in class_weights:
            between(weight, 0, float("inf"), "a class weight")

    def write(self, draft: Draft, class_weights: Sequence[float], result: str) -> None:
        """The loss's lines, the last of which is `result = …`."""
        outputs = draft.units
        numbers = {key: write_number(value) for key, value in self.settings.items()}
        words = {choice: options[self.chosen[choice]] for choice, options in self.row.choices.items()}
        words = {key: text.format(outputs=outputs) for key, text in words.items()}

        clipped = bool(self.settings.get("eps"))
        if clipped:
            numbers["most"] = write_number(complement(self.settings["eps"]))

        def fill(text: str) -> str:
            q = "Q" if clipped else draft.value
            return text.format(p=draft.value, q=q, examples=draft.batch, **numbers, **words)

        for name, text in self.row.lines.items():
            if clipped or name != "Q":
                draft.closing(name, fill(text))
        if self.row.mean and self.chosen["reduction"] == "mean" and not class_weights:
            draft.closing(result, fill(self.row.mean))
            return
        draft.closing("losses", fill(self.row.losses))
        if class_weights:
            _write_weights(draft, self.targets, class_weights)
            weighted = "sum(weights * losses)"
            whole = {"mean": f"{weighted} / sum(weights)", "sum": weighted, "batchmean": f"{weighted} / {draft.batch}"}
            draft.closing(result, whole[self.chosen["reduction"]])
        else:
            draft.closing(result, fill(REDUCTION["reduction"][self.chosen["reduction"]]))


def choose(spec: str) -> ChosenLoss:
    """The loss that a text names: `mse`, `huber(0.5)`, `mse(reduction=sum)`. Raises UserError."""
    name, row, settings, chosen = pick(LOSSES, spec, "loss", REDUCTION)
    if "eps" in settings:
        between(settings["eps"], 0, 0.5, f"loss `{spec}`: eps")
    if "delta" in settings:
        between(settings["delta"], 1e-12, float("inf"), f"loss `{spec}`: delta")
    return ChosenLoss(spec, name, row, settings, chosen)


def usual(task: str) -> str:
    """The loss for a task where none is chosen. Raises UserError."""
    if task not in USUAL:
        raise UserError(f"there is no task `{task}`{suggestion(task, USUAL)}; there are {', '.join(USUAL)}")
    return USUAL[task]


def _write_weights(draft: Draft, targets: Targets, class_weights: Sequence[float]) -> None:
    if targets == "one_hot":
        draft.constants["class_weights"] = [[float(w)] for w in class_weights]
    negative, positive = (write_number(float(w)) for w in class_weights[:2])
    draft.closing("weights", WEIGHT_OF[targets].format(negative=negative, positive=positive))


def _instead(row: Loss, activation: str) -> str:
    """The loss of the same targets that goes with the activation, or ''."""
    fits = {"softmax": "one_hot", "log_softmax": "one_hot", "sigmoid": "binary", "linear": row.targets}
    kinds = {"softmax": "probabilities", "sigmoid": "probabilities", "log_softmax": "log_probabilities"}
    wanted, kind = fits.get(activation), kinds.get(activation, "logits")
    if wanted != row.targets:
        return ""
    return next((name for name, other in LOSSES.items() if (other.targets, other.outputs) == (wanted, kind)), "")
