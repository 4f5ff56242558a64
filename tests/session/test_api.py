"""The Python API: as small as the README has it, and scikit-learn's own checks of the estimators."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.utils.estimator_checks import check_estimator

import tui_nn
from tui_nn import Dense, MLPClassifier, MLPRegressor, Network
from tui_nn.data import load
from tui_nn.errors import UserError

IRIS = load("iris")
X = (IRIS.X - IRIS.X.mean(axis=0)) / IRIS.X.std(axis=0)


@pytest.mark.parametrize("estimator", [MLPClassifier(epochs=60, lr=0.01), MLPRegressor(epochs=60, lr=0.01)])
def test_scikit_learns_own_checks(estimator):
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    assert [(r["check_name"], str(r["exception"])) for r in results if r["status"] == "failed"] == []
    assert sum(r["status"] == "passed" for r in results) > 40


def test_a_network_learns_says_how_good_it_is_and_predicts():
    net = Network([Dense(10, "relu"), Dense(8, "relu"), Dense(3)], inputs=4, loss="softmax_cross_entropy")
    records = net.fit(X[::2], IRIS.y[::2], epochs=150, lr=0.01, validation=(X[1::2], IRIS.y[1::2]))
    assert len(records) == 150
    found = net.evaluate(X[1::2], IRIS.y[1::2])
    assert found["accuracy"] > 0.9
    assert found["loss"] == pytest.approx(records[-1]["val_loss"], rel=1e-6)
    probabilities = net.predict(X[:5])
    assert probabilities.shape == (5, 3)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-6)
    assert net.predict_classes(X[:5]).tolist() == probabilities.argmax(axis=1).tolist()
    assert "165" in net.summary()  # 4*10 + 10 + 10*8 + 8 + 8*3 + 3
    assert {name: value.shape for name, value in net.weights.items()}["W2"] == (8, 10)


def test_a_linear_network_finds_the_least_squares_line():
    rng = np.random.default_rng(0)
    features, noise = rng.normal(size=(200, 3)), rng.normal(size=200)
    y = features @ [1.0, -2.0, 0.5] + 3 + 0.1 * noise
    net = Network(["dense(1)"], inputs=3, loss="mse")
    net.fit(features, y, optimizer="sgd", lr=0.1, epochs=300, batch_size="all", dtype="float64")
    line = LinearRegression().fit(features, y)
    assert net.weights["W1"][0] == pytest.approx(line.coef_, abs=1e-9)
    assert net.weights["b1"][0, 0] == pytest.approx(line.intercept_, abs=1e-9)
    assert net.evaluate(features, y)["r2"] == pytest.approx(line.score(features, y), abs=1e-9)


def test_targets_may_be_codes_one_hot_rows_signs_or_several_numbers():
    rows = np.eye(3)[IRIS.y]
    nets = [Network(["dense(3)"], inputs=4, loss="softmax_cross_entropy") for _ in range(2)]
    losses = [net.fit(X, y, epochs=3)[-1]["loss"] for net, y in zip(nets, (IRIS.y, rows), strict=True)]
    assert losses[0] == losses[1]
    two = IRIS.y < 2
    signs = np.where(IRIS.y[two] == 1, 1, -1)
    svm = Network(["dense(1)"], inputs=4, loss="hinge")
    svm.fit(X[two], signs, epochs=60, lr=0.02)
    assert svm.evaluate(X[two], signs)["accuracy"] == 1
    both = Network(["dense(2)"], inputs=4)
    both.fit(X, np.stack([X[:, 0], -X[:, 1]], axis=1), epochs=200, lr=0.05)
    assert both.evaluate(X, np.stack([X[:, 0], -X[:, 1]], axis=1))["r2"] > 0.99


def test_the_same_seed_gives_the_same_network():
    def fitted(seed):
        net = Network(["dense(5, tanh)", "dropout(0.2)", "dense(3)"], inputs=4, loss="softmax_cross_entropy")
        net.fit(X, IRIS.y, epochs=3, seed=seed)
        return net.predict(X)

    assert fitted(1).tobytes() == fitted(1).tobytes()
    assert fitted(1).tobytes() != fitted(2).tobytes()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda net: net.predict(X), "call fit first"),
        (lambda net: net.fit(X, IRIS.y, epoch=3), "`epoch`"),
        (lambda net: net.fit(X, IRIS.y, epochs=0), "^fit: epochs takes"),
        (lambda net: net.fit(X[:, :3], IRIS.y), r"\(examples, 4\)"),
        (lambda net: net.fit(X, IRIS.y[:10]), "150 examples and targets of shape"),
        (
            lambda net: net.fit(X, np.array(["rose"] * 150)),
            r"targets \(classes by their codes, from 0\) are numbers, not <U4",
        ),
        (lambda net: net.fit(X, [[1], [2, 3]]), "are rows of one length; these differ"),
        (lambda net: net.fit([[1, 2, 3, 4], [5]], [0, 1]), "features are rows of one length"),
        (lambda net: net.fit([["a", "b", "c", "d"]], [0]), "features are numbers"),
        (lambda net: net.fit(X * np.nan, IRIS.y), "finite"),
        (lambda net: net.fit(X, IRIS.y + 1), "class code from 0 to 2"),
    ],
)
def test_what_does_not_fit_is_told(act, words):
    with pytest.raises(UserError, match=words):
        act(Network(["dense(3)"], inputs=4, loss="softmax_cross_entropy"))


def test_estimators_take_every_setting_of_the_command_line_and_survive_a_pickle():
    names = np.array(["setosa", "versicolor", "virginica"])[IRIS.y]
    model = MLPClassifier((10, "dropout(0.1)", 8), epochs=80, lr=0.01, random_state=3, settings={"clip_norm": 1.0})
    model.fit(IRIS.X, names)
    assert model.score(IRIS.X, names) > 0.93
    again = pickle.loads(pickle.dumps(model))
    assert again.predict_proba(IRIS.X).tobytes() == model.predict_proba(IRIS.X).tobytes()
    with pytest.raises(UserError, match="'clip_nrm'"):
        MLPClassifier(settings={"clip_nrm": 1.0}).fit(IRIS.X, names)


def test_without_scikit_learn_the_estimators_work_all_the_same(python):
    code = """
import sys
sys.modules["sklearn"] = None
from tui_nn import MLPClassifier, MLPRegressor
from tui_nn.data import load
iris = load("iris")
model = MLPClassifier(epochs=100, lr=0.01, random_state=0).fit(iris.X, iris.y)
assert model.score(iris.X, iris.y) > 0.9
assert model.set_params(epochs=3).get_params()["epochs"] == 3
line = MLPRegressor(epochs=200, lr=0.01, random_state=0).fit(iris.X[:, :3], iris.X[:, 3])
assert line.score(iris.X[:, :3], iris.X[:, 3]) > 0.8
try:
    MLPClassifier().predict(iris.X)
except ValueError as error:
    assert "not fitted" in str(error)
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


def test_the_package_itself_imports_nothing_heavy(python):
    done = python("-c", "import sys, tui_nn; assert 'numpy' not in sys.modules; print(sorted(set(dir(tui_nn))))")
    assert done.returncode == 0, done.stderr
    assert "MLPClassifier" in done.stdout
    with pytest.raises(AttributeError, match="no attribute 'Dence'"):
        tui_nn.Dence  # noqa: B018
    assert "sklearn" in sys.modules
