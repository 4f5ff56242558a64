"""The data sets that have a name: a row each, so that a list of them reads no file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_nn.data.fetch import RemoteFile
from tui_nn.data.infer import INFER, Reading
from tui_nn.data.schema import Task
from tui_nn.data.toy import TOYS

Kind = Literal["toy", "embedded", "fetched"]


@dataclass(frozen=True)
class Entry:
    """What is known of a named data set without reading it.

    rows, features, classes: as `load` gives them by default (classes 0 for regression).
    path: within the embedded folder. files: of a fetched set; four idx files, or one CSV file.
    reading: how its table is read. columns: their names, where the file has none.
    bounds, image: as in `Dataset`. class_names: of idx files.
    """

    name: str
    kind: Kind
    task: Task
    rows: int
    features: int
    classes: int
    description: str
    source: str
    path: str = ""
    files: tuple[RemoteFile, ...] = ()
    reading: Reading = INFER
    columns: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    image: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()


def _toy(name: str) -> Entry:
    toy = TOYS[name]
    classes = 2 if toy.task == "classification" else 0
    return Entry(name, "toy", toy.task, toy.rows, len(toy.features), classes, toy.description, "generated")


def _deck(name: str, task: Task, rows: int, features: int, description: str, source: str) -> Entry:
    classes = 2 if task == "classification" else 0
    reading = Reading(target=-1, task=task)
    return Entry(name, "embedded", task, rows, features, classes, description, source, f"decks/{name}.csv", (), reading)


_UCI_CSV = "https://raw.githubusercontent.com/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f/"
_HOUSING = (
    "https://raw.githubusercontent.com/ageron/handson-ml/b7051594afbb1d835f5e031af8664c4363878050/datasets/housing/"
)
_MNIST = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_FASHION = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
_IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)

_IONOSPHERE_SHA256 = "fd6dd7864b55d56dac0a1e6e24af9ccc35bf2555ac79af8ab9f3d1daa065ab83"
_ABALONE_SHA256 = "eb2de13be807e9bb9ec4128b9c89b98ab23d7739121cfd17b7dde69b46ba7bf6"
_HOUSING_SHA256 = "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e"


def _remote(folder: str, name: str, size: int, sha256: str, *bases: str) -> RemoteFile:
    return RemoteFile(folder, name, size, sha256, tuple(base + name for base in bases))


def _idx(
    folder: str, bases: tuple[str, ...], sizes: tuple[int, ...], hashes: tuple[str, ...]
) -> tuple[RemoteFile, ...]:
    return tuple(_remote(folder, *facts, *bases) for facts in zip(_IDX_FILES, sizes, hashes, strict=True))


_ENTRIES = (
    *map(_toy, TOYS),
    Entry(
        "iris",
        "embedded",
        "classification",
        150,
        4,
        3,
        "three species of iris by their petals and sepals, cm",
        "Fisher (1936), UCI Machine Learning Repository, CC BY 4.0; the copy in scikit-learn",
        path="iris.csv",
        reading=Reading(target="species", task="classification"),
    ),
    Entry(
        "digits",
        "embedded",
        "classification",
        1797,
        64,
        10,
        "handwritten digits, 8 by 8 pixels of 0 to 16",
        "Alpaydin and Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0; the copy in scikit-learn",
        path="digits.csv.gz",
        reading=Reading(target="digit", task="classification"),
        bounds=(0.0, 16.0),
        image=(8, 8),
    ),
    _deck("m3-line", "regression", 4, 1, "four points, almost on a line", "mason, linear regression"),
    _deck("n3-xor", "classification", 4, 3, "exclusive or with a column of ones", "notebook, the network from scratch"),
    _deck("b3-xor", "classification", 4, 2, "exclusive or", "bumic, XOR has no linear boundary"),
    _deck("s1-points", "classification", 3, 2, "three points of two classes", "salford, linear classifier"),
    _deck("s4-table", "regression", 4, 2, "a table of four rows", "salford, linear regression"),
    _deck("s7-table", "regression", 3, 2, "a table of three rows", "salford, the PyTorch walk-through"),
    Entry(
        "ionosphere",
        "fetched",
        "classification",
        351,
        34,
        2,
        "radar returns from the ionosphere, good or bad",
        "Sigillito et al. (1989), UCI Machine Learning Repository, CC BY 4.0",
        files=(_remote("ionosphere", "ionosphere.csv", 76_466, _IONOSPHERE_SHA256, _UCI_CSV),),
        reading=Reading(target="class", task="classification"),
        columns=(*(f"x{i}" for i in range(1, 35)), "class"),
    ),
    Entry(
        "abalone",
        "fetched",
        "regression",
        4177,
        10,
        0,
        "age of abalones (rings) by sex, size and weight",
        "Nash et al. (1994), UCI Machine Learning Repository, CC BY 4.0",
        files=(_remote("abalone", "abalone.csv", 191_872, _ABALONE_SHA256, _UCI_CSV),),
        reading=Reading(target="rings", task="regression"),
        columns=(
            *("sex", "length", "diameter", "height"),
            *("whole_weight", "shucked_weight", "viscera_weight", "shell_weight", "rings"),
        ),
    ),
    Entry(
        "california",
        "fetched",
        "regression",
        20_433,
        13,
        0,
        "median house value of Californian districts in the census of 1990",
        "Pace and Barry (1997), StatLib, with ocean_proximity added by ageron/handson-ml",
        files=(_remote("california_housing", "housing.csv", 1_423_529, _HOUSING_SHA256, _HOUSING),),
        reading=Reading(target="median_house_value", task="regression", missing="drop"),
    ),
    Entry(
        "mnist",
        "fetched",
        "classification",
        70_000,
        784,
        10,
        "handwritten digits, 28 by 28 pixels; the last 10,000 are the test part",
        "LeCun, Cortes and Burges, CC BY-SA 3.0",
        files=_idx(
            "mnist",
            _MNIST,
            (9_912_422, 28_881, 1_648_877, 4_542),
            (
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
        class_names=tuple("0123456789"),
    ),
    Entry(
        "fashion-mnist",
        "fetched",
        "classification",
        70_000,
        784,
        10,
        "articles of clothing, 28 by 28 pixels; the last 10,000 are the test part",
        "Xiao, Rasul and Vollgraf (2017), Zalando, MIT licence",
        files=_idx(
            "fashion-mnist",
            _FASHION,
            (26_421_880, 29_515, 4_422_102, 5_148),
            (
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
    ),
)

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}


def embedded_folder() -> Path:
    """The folder of the embedded tables: inside the installed package, or ``datasets/`` of a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "embedded"
    return installed if installed.is_dir() else here.parents[1] / "datasets"
