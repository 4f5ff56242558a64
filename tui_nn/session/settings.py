"""The settings of a training run: one table, from which flags, TOML keys, help texts and checks all come.

A field of `Settings` is a row: its name is the key in a TOML file and, with dashes, the flag; its kind reads and checks
what is given; its panel and help are what `tui-nn train --help` shows. A new setting is a new row, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

from tui_nn.errors import UserError
from tui_nn.session import setting_kinds as kinds
from tui_nn.session.setting_kinds import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a setting beside its name and default.

    Attributes:
        kind: of its values.
        help: one line, which ends in a full stop.
        panel: the heading that it stands under.
        unset: in words, what holds where it is not given; '' where the default says it.
        short: a second, shorter flag.
        fixed: whether a run that goes on must have the value it began with.
        offers: what can be named there, some of it with settings: `leaky_relu(0.2)`.
    """

    kind: Kind
    help: str
    panel: str
    unset: str = ""
    short: str = ""
    fixed: bool = True
    offers: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """What can be named there, for completion."""
        return list(self.kind.names or self.offers)


DATA, NETWORK, LOSS = "Data", "Network", "Loss"
OPTIMIZER, TRAINING, RUN, OUTPUT = "Optimizer", "Training", "Run", "Output"
PANELS = (DATA, NETWORK, LOSS, OPTIMIZER, TRAINING, RUN, OUTPUT)


def _row(default: Any, kind: Kind, panel: str, text: str, unset: str = "", **more: Any) -> Any:
    return field(default=default, metadata={"row": Row(kind, text, panel, unset, **more)})


# Each list stands here once more, so that help costs nothing; a test holds it against the table that it is of.
_LAYERS = (
    *("dense", "maxout", "activation", "dropout", "drop_connect"),
    *("batch_norm", "batch_renorm", "layer_norm", "group_norm"),
)
_ACTIVATIONS = (
    *("linear", "relu", "leaky_relu", "elu", "selu", "gelu", "swish", "mish", "softplus", "softsign", "sigmoid"),
    *("tanh", "hard_tanh", "step", "sign", "softmax", "log_softmax"),
)
_LOSSES = (
    *("mse", "half_mse", "mae", "huber", "hinge", "multiclass_hinge", "logistic", "binary_cross_entropy"),
    *("sigmoid_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood", "softmax_cross_entropy"),
)
_INITIALIZERS = (
    *("zeros", "ones", "constant", "uniform", "normal", "glorot_uniform", "glorot_normal", "he_uniform"),
    *("he_normal", "lecun_uniform", "lecun_normal"),
)
_OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
_SCHEDULES = ("constant", "step", "exponential", "linear", "cosine", "one_cycle", "plateau")


@dataclass(frozen=True)
class Settings:
    """All settings of a training run. None means: not given; `Row.unset` says what then holds."""

    data: str | None = _row(
        None, kinds.TEXT, DATA, "A data set's name, a CSV, TSV, .npz or idx file, or - (stdin).", "needed"
    )
    target: str | None = _row(None, kinds.TEXT, DATA, "Column to predict: its name or number.", "inferred")
    task: str | None = _row(None, kinds.one_of("classification", "regression"), DATA, "What to learn.", "inferred")
    drop: tuple[str, ...] = _row((), kinds.TEXTS, DATA, "Leave a column out; repeatable.", "none")
    text: tuple[str, ...] = _row((), kinds.TEXTS, DATA, "Take a column of numbers as categories; repeatable.", "none")
    missing: str | None = _row(
        None, kinds.one_of("error", "drop"), DATA, "What becomes of rows with missing values.", "error"
    )
    header: bool | None = _row(None, kinds.SWITCH, DATA, "Whether the first line holds names.", "detected")
    delimiter: str | None = _row(None, kinds.DELIMITER, DATA, "Between cells; or: tab, space.", "detected")
    rows: int | None = _row(None, kinds.COUNT, DATA, "Take this many rows.", "all", short="-n")
    noise: float | None = _row(None, kinds.NUMBER, DATA, "Standard deviation of a toy set's noise.", "its own")
    test: int | float | None = _row(
        None, kinds.SIZE, DATA, "Held back for the test, a share or a number of rows.", "0.25; below 20 rows 0"
    )
    validation: int | float | None = _row(
        None, kinds.SIZE, DATA, "Held back to watch the training, likewise.", "0.1; below 20 rows 0"
    )
    stratify: bool | None = _row(None, kinds.SWITCH, DATA, "Same share of each class in each part.", "if classes")
    scaling: str | None = _row(
        None,
        kinds.one_of("none", "mean", "standard", "minmax"),
        DATA,
        "Of the features, fitted on the training part.",
        "standard; minmax for pixels; none below 20 rows",
    )
    target_scaling: str | None = _row(
        None, kinds.one_of("none", "standard"), DATA, "Of a regression's target.", "standard; none below 20 rows"
    )
    data_seed: int | None = _row(None, kinds.WHOLE, DATA, "Of toy sets, of drawing rows, of the split.", "--seed")

    layers: tuple[int | str, ...] = _row(
        (32,), kinds.LAYERS, NETWORK, "Hidden layers: sizes, or layers such as maxout(8); 0: none.", offers=_LAYERS
    )
    activation: tuple[str, ...] = _row(
        ("relu",), kinds.LISTED, NETWORK, "Of the hidden layers: one for all, or one each.", offers=_ACTIVATIONS
    )
    output_activation: str | None = _row(
        None, kinds.NAME, NETWORK, "Of the last layer.", "as the loss needs", offers=_ACTIVATIONS
    )
    dropout: tuple[float, ...] = _row((), kinds.SHARES, NETWORK, "Dropped after each hidden layer.", "none")
    drop_connect: float = _row(0.0, kinds.SHARE, NETWORK, "Share of each hidden layer's weights dropped.")
    batch_norm: bool = _row(False, kinds.SWITCH, NETWORK, "Batch norm before each hidden activation.")
    batch_renorm: bool = _row(
        False, kinds.SWITCH, NETWORK, "Batch renormalisation there instead: as in evaluation, nearly, also in training."
    )
    init: str | None = _row(
        None, kinds.NAME, NETWORK, "How weights start.", "as the activation needs", offers=_INITIALIZERS
    )

    loss: str | None = _row(None, kinds.NAME, LOSS, "What is made small.", "as the task needs", offers=_LOSSES)
    class_weights: str | Mapping[str, float] | None = _row(
        None, kinds.CLASS_WEIGHTS, LOSS, "Weigh the classes: balanced, or good=2,bad=1.", "equal"
    )
    l1: float = _row(0.0, kinds.NUMBER, LOSS, "L1 penalty on weights, as a term of the loss.")
    l2: float = _row(0.0, kinds.NUMBER, LOSS, "L2 penalty on weights, as a term of the loss.")

    optimizer: str = _row("adam", kinds.NAME, OPTIMIZER, "How weights are updated.", offers=_OPTIMIZERS)
    lr: float | None = _row(None, kinds.POSITIVE, OPTIMIZER, "The learning rate.", "the optimizer's", fixed=False)
    lr_changes: tuple[tuple[int, float], ...] = _row(
        (), kinds.CHANGES, OPTIMIZER, "Another rate from an iteration on: 81=0.05; repeatable.", "none"
    )
    hyper: Mapping[str, float | str] | None = _row(
        None, kinds.PAIRS, OPTIMIZER, "A hyper-parameter or convention: beta1=0.8; repeatable.", "the optimizer's"
    )
    weight_decay: float = _row(0.0, kinds.NUMBER, OPTIMIZER, "Weight decay: joins the gradient; adamw's does not.")
    schedule: str | None = _row(
        None, kinds.NAME, OPTIMIZER, "How the learning rate changes: step(30).", "constant", offers=_SCHEDULES
    )
    schedule_per: str = _row("epoch", kinds.one_of("epoch", "iteration"), OPTIMIZER, "What a schedule counts.")
    warmup: float = _row(0.0, kinds.NUMBER, OPTIMIZER, "Linear rise of the rate before the schedule, in its counts.")
    clip_norm: float | None = _row(None, kinds.POSITIVE, OPTIMIZER, "Longest gradient; longer ones are scaled.", "off")
    clip_value: float | None = _row(None, kinds.POSITIVE, OPTIMIZER, "Largest entry of the gradient.", "off")

    epochs: int | None = _row(
        None, kinds.COUNT, TRAINING, "Stop after so many passes.", "10, or 3,000 iterations", fixed=False
    )
    steps: int | None = _row(None, kinds.COUNT, TRAINING, "Stop after so many iterations.", "off", fixed=False)
    time: float | None = _row(None, kinds.SECONDS, TRAINING, "Stop after so long: 90s, 5m.", "off", fixed=False)
    batch_size: int | None = _row(32, kinds.BATCH, TRAINING, "Rows of an iteration, or: all.")
    drop_last: bool = _row(False, kinds.SWITCH, TRAINING, "Leave out a last batch that is smaller.")
    shuffle: bool = _row(True, kinds.SWITCH, TRAINING, "A new order of the rows in each epoch.")
    early_stopping: int | None = _row(
        None, kinds.COUNT, TRAINING, "Stop N epochs after the best; restore its weights.", "off", fixed=False
    )
    monitor: str = _row(
        "loss", kinds.one_of("loss", "accuracy", "auc", "f1", "r2", "mae"), TRAINING, "What tells the best epoch."
    )
    break_when: tuple[str, ...] = _row(
        (), kinds.TEXTS, TRAINING, "Stop where this holds: 'norm(dW1) > 10'; repeatable.", "none", fixed=False
    )
    seed: int = _row(0, kinds.WHOLE, TRAINING, "Of everything random.")

    dtype: str = _row("float32", kinds.one_of("float32", "float64"), RUN, "Of the numbers.")
    backend: str = _row("auto", kinds.one_of("auto", "numpy", "cupy"), RUN, "Where the arrays live.")
    threads: int | None = _row(
        None, kinds.COUNT, RUN, "Of matrix products on the CPU.", "by the network's size", fixed=False
    )
    out: str | None = _row(None, kinds.TEXT, RUN, "The run's folder.", "runs/DATA-1, -2, …", fixed=False)
    checkpoint_every: float = _row(10.0, kinds.SECONDS, RUN, "Time between checkpoints: 10s, 5m.", fixed=False)
    keep: int = _row(5, kinds.COUNT, RUN, "Checkpoints to keep, spread over the run.", fixed=False)

    live: str = _row(
        "auto",
        kinds.one_of("auto", "rich", "plain", "none"),
        OUTPUT,
        "What to show meanwhile.",
        fixed=False,
    )
    format: str = _row(
        "text", kinds.one_of("text", "json", "jsonl", "csv"), OUTPUT, "How to print.", fixed=False, short="-f"
    )
    quiet: bool = _row(False, kinds.SWITCH, OUTPUT, "Say nothing on stderr except errors.", fixed=False, short="-q")


def rows() -> dict[str, tuple[Field[Any], Row]]:
    """Every setting by its name, in the order of the table."""
    return {f.name: (f, f.metadata["row"]) for f in fields(Settings)}


def flag(name: str) -> str:
    """`batch_size` to `--batch-size`."""
    return "--" + name.replace("_", "-")


def from_values(values: Mapping[str, Any], base: Settings | None = None, *, where: str = "") -> Settings:
    """Settings of given values, by key, over those of `base`; tables such as `hyper` are merged key by key.

    Args:
        where: the file or the function that they come from, for messages; '' for the command line.

    Raises:
        UserError: for a key that is not there, or a value that its kind does not take.
    """
    from tui_nn.data.text import nearest, quoted  # NumPy comes with the package, and help texts do without

    known, base = rows(), base or Settings()
    read: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise UserError(f"{where}: there is no setting {quoted(key)}.{nearest(key, list(known))}")
        try:
            read[key] = known[key][1].kind.read(value)
        except ValueError as error:
            name = f"{where}: {key}" if where else flag(key) if key != "data" else "DATA"
            said = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            raise UserError(f"{name} takes {error}, not {quoted(said)}.") from None
        before = getattr(base, key)
        if isinstance(read[key], dict) and isinstance(before, Mapping):
            read[key] = {**before, **read[key]}
    for name in read.get("hyper") or ():
        if name in known and name not in read and name not in (base.hyper or {}):
            read[name] = known[name][0].default  # `--hyper lr=0.1` goes before the `lr` of a file
    return replace(base, **read)


def to_values(settings: Settings) -> dict[str, Any]:
    """The settings as plain values for TOML, by key; those that are not given are left out."""
    found = {}
    for name, (_, row) in rows().items():
        value = getattr(settings, name)
        if value is not None or row.kind is kinds.BATCH:
            found[name] = row.kind.write(value)
    return found


def changed(settings: Settings, began: Settings) -> list[str]:
    """The settings that differ and that a run which goes on cannot change."""
    return [name for name, (_, row) in rows().items() if row.fixed and getattr(settings, name) != getattr(began, name)]
