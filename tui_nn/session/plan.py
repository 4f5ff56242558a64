"""From settings and what is known of the data to what is trained: the network, the optimiser's page, the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.text import listed, nearest, quoted
from tui_nn.errors import UserError
from tui_nn.lang.page import Update
from tui_nn.nn.activations import activation
from tui_nn.nn.initializers import INITIALIZERS
from tui_nn.nn.layer_text import describe, layer
from tui_nn.nn.layers import Activation, Dense, DropConnect, Dropout, Layer
from tui_nn.nn.losses import choose, usual
from tui_nn.nn.network import Network
from tui_nn.nn.normalization import BatchNorm, BatchRenorm
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.nn.plateau import Plateau
from tui_nn.nn.schedules import SCHEDULES, Curve, schedule
from tui_nn.nn.spec import number, pick, split, unknown
from tui_nn.nn.transforms import clip_by_norm, clip_by_value, weight_decay
from tui_nn.session.settings import Settings, flag

DEFAULT_EPOCHS, DEFAULT_ITERATIONS = 10, 3000  # whichever takes longer
_HE = ("relu", "leaky_relu", "elu", "gelu", "swish", "mish", "softplus")
_LECUN = ("selu",)
_TASK_OUTPUTS = {"binary": "sigmoid", "signs": "sigmoid", "one_hot": "softmax", "values": "linear"}
STRETCHED = ("linear", "cosine", "one_cycle")  # schedules that span the whole run unless told otherwise
_SCHEDULES = (*SCHEDULES, "plateau")  # which goes by the monitored figure, and is no function of the iteration
_LAST = {"log_probabilities": "log_softmax"}


def network(settings: Settings, inputs: int, classes: Sequence[str], y: NDArray[Any]) -> Network:
    """The network that the settings describe.

    Args:
        inputs: features.
        classes: class names; empty for regression.
        y: the training part's targets, for balanced class weights.
    """
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    with _of("loss"):
        loss = choose(settings.loss or usual(task))
    if not classes and loss.targets != "values":
        raise UserError(f"--loss: {loss.name} tells classes apart, and the target here is a number; take mse.")
    outputs = 1 if not classes or (len(classes) == 2 and loss.targets != "one_hot") else len(classes)
    outputs_kind = loss.row.outputs
    last = settings.output_activation or _LAST.get(
        outputs_kind, _TASK_OUTPUTS[loss.targets] if outputs_kind == "probabilities" else "linear"
    )
    penalty = [f"{name}({rate!r})" for name, rate in (("l1", settings.l1), ("l2", settings.l2)) if rate]
    return Network(
        [*hidden(settings), Dense(outputs, last, init=settings.init or start_for(last))],
        inputs,
        loss.spec,
        penalty,
        class_weights(settings.class_weights, classes, y),
    )


def hidden(settings: Settings) -> list[Layer]:
    """The hidden layers: a size is a dense layer with the settings' activation, normalisation and dropout."""
    _check_names(settings)
    count = sum(isinstance(part, int) for part in settings.layers)
    activations = iter(_for_each(settings.activation, count, "--activation"))
    shares = iter(_for_each(settings.dropout or (0.0,), count, "--dropout"))
    normal = _normalization(settings)
    layers: list[Layer] = []
    for part in settings.layers:
        if isinstance(part, str):
            with _of("layers"):
                layers.append(layer(part))
            continue
        function, share = next(activations), next(shares)
        if settings.drop_connect:
            layers.append(DropConnect(settings.drop_connect))
        init = settings.init or start_for(function)
        if normal is not None:
            layers += [Dense(part, init=init, bias=False), normal, Activation(function)]
        else:
            layers.append(Dense(part, function, init))
        if share:
            layers.append(Dropout(share))
    return layers


def _check_names(settings: Settings) -> None:
    """Raise UserError, with the setting's name, for an activation or an initialiser that there is not."""
    for name, specs in (("activation", settings.activation), ("output_activation", [settings.output_activation])):
        with _of(name):
            for spec in filter(None, specs):
                activation(spec)
    if settings.init is not None:
        with _of("init"):
            pick(INITIALIZERS, settings.init, "initialiser")


@contextmanager
def _of(setting: str) -> Iterator[None]:
    """Name the setting that something wrong was given for."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{flag(setting)}: {error}") from None


def _normalization(settings: Settings) -> Layer | None:
    """What goes before each hidden activation."""
    if settings.batch_norm and settings.batch_renorm:
        raise UserError("--batch-norm and --batch-renorm: one of them is enough; leave the other out.")
    return BatchNorm() if settings.batch_norm else BatchRenorm() if settings.batch_renorm else None


def start_for(function: str) -> str:
    """The initialiser that suits an activation: He's for the rectifiers, LeCun's for SELU, Glorot's for the rest."""
    name, _ = split(function, "activation")
    return "he_normal" if name in _HE else "lecun_normal" if name in _LECUN else "glorot_uniform"


def class_weights(given: str | Mapping[str, float] | None, classes: Sequence[str], y: NDArray[Any]) -> list[float]:
    """A weight for each class, by code; [] for all the same. Balanced: n / (classes * rows of the class)."""
    if given is None:
        return []
    if not classes:
        raise UserError("--class-weights: the target is a number; there are no classes to weigh.")
    if given == "balanced":
        counts = np.bincount(y, minlength=len(classes))
        return [float(len(y) / (len(classes) * count)) if count else 1.0 for count in counts]
    assert not isinstance(given, str)
    for name in given:
        if name not in classes:
            raise UserError(
                f"--class-weights: there is no class {quoted(name)}.{nearest(name, classes)} "
                f"The classes: {listed(classes)}."
            )
    return [float(given.get(name, 1.0)) for name in classes]


def network_facts(net: Network) -> dict[str, Any]:
    """The network as plain values; `network_from` reads them back."""
    return {
        "layers": [describe(each) for each in net.layers if not isinstance(each, str)],
        "inputs": net.inputs,
        "loss": net.loss,
        "penalty": list(net.penalty or ()),
        "class_weights": list(net.class_weights),
    }


def network_from(facts: Mapping[str, Any]) -> Network:
    """The network that `network_facts` described. Raises UserError where the facts are damaged."""
    try:
        return Network(facts["layers"], facts["inputs"], facts["loss"], facts["penalty"], facts["class_weights"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"The stored description of the network is damaged: {error}.") from None


def update(settings: Settings) -> Update:
    """The optimiser's page, with decay and clipping as lines at its head."""
    hyper: dict[str, float | str] = dict(settings.hyper or {})
    if settings.lr is not None:
        hyper["lr"] = settings.lr
    decoupled = settings.optimizer == "adamw"
    if decoupled and settings.weight_decay:
        hyper["weight_decay"] = settings.weight_decay
    with _of("hyper" if settings.optimizer in OPTIMIZERS else "optimizer"):
        page = optimizer(settings.optimizer, hyper)
    if settings.weight_decay and not decoupled:
        page = weight_decay(page, settings.weight_decay)
    if settings.clip_norm is not None:
        page = clip_by_norm(page, settings.clip_norm)
    if settings.clip_value is not None:
        page = clip_by_value(page, settings.clip_value)
    return page


@dataclass(frozen=True)
class Length:
    """When a run ends: whichever comes first. None: no such limit."""

    epochs: int | None
    steps: int | None
    seconds: float | None

    def iterations(self, per_epoch: int) -> int | None:
        """Iterations at most, where that is known."""
        limits = [self.epochs * per_epoch if self.epochs else None, self.steps]
        return min((n for n in limits if n), default=None)


def length(settings: Settings, per_epoch: int) -> Length:
    """When the run ends."""
    given = settings.epochs or settings.steps or settings.time
    usual = max(DEFAULT_EPOCHS, -(-DEFAULT_ITERATIONS // per_epoch))
    return Length(settings.epochs if given else usual, settings.steps, settings.time)


def rate_curve(settings: Settings, base: float, per_epoch: int) -> Curve | None:
    """The learning rate of each iteration, None where it stays (or follows a plateau). Raises UserError."""
    spec = settings.schedule or "constant"
    with _of("schedule"):
        name, given = split(spec, "schedule")
        if name not in _SCHEDULES:
            raise UserError(unknown(_SCHEDULES, name, "schedule"))
    if name == "plateau":
        plateau(settings)
        if settings.warmup:
            raise UserError("--warmup goes before a schedule of the iteration, and plateau is none.")
        return None
    if name == "constant" and not settings.warmup:
        return None
    iterations = length(settings, per_epoch).iterations(per_epoch)
    if iterations is None:
        if name in STRETCHED and "over" not in given:
            raise UserError(f"--schedule {name} is stretched over the run: say its length with --epochs or --steps.")
        iterations = per_epoch
    with _of("schedule"):
        return schedule(
            spec,
            base,
            iterations=iterations,
            iterations_per_epoch=per_epoch,
            per=settings.schedule_per,
            warmup=settings.warmup,
        )


def plateau(settings: Settings) -> Plateau | None:
    """The rule of `--schedule plateau(factor=0.5, patience=3)`, or None. Raises UserError."""
    name, given = split(settings.schedule or "constant", "schedule")
    if name != "plateau":
        return None
    known = [f.name for f in fields(Plateau) if f.name not in ("relative", "larger_is_better")]
    values: dict[str, Any] = {}
    for key, text in given.items():
        field = known[key] if isinstance(key, int) and key < len(known) else str(key)
        if field not in known:
            raise UserError(f"--schedule plateau has no {quoted(field)}; it has {', '.join(known)}")
        value = number(text, f"--schedule plateau: {field}")
        values[field] = int(value) if field in ("patience", "cooldown") and value.is_integer() else value
    return Plateau(**values, larger_is_better=is_higher_better(settings.monitor))


def is_higher_better(monitor: str) -> bool:
    """Whether more of a figure is better."""
    return monitor in ("accuracy", "auc", "f1", "r2")


def _for_each(values: Sequence[Any], count: int, what: str) -> list[Any]:
    """One value for each of `count` hidden layers: each its own, or one for all."""
    if len(values) == count:
        return list(values)
    if len(values) != 1:
        raise UserError(f"{what}: there are {len(values)} for {count} hidden layers; give one for all, or one each.")
    return list(values) * count
