"""scikit-learn's MLPClassifier. It has neither dropout nor a squared error behind a sigmoid.

So it does less work in W5, and W1 is its logistic network with log-loss, which it shuffles although a batch is all that
there is: that is as it comes. It begins anew with each call, from weights of its own.
"""

from __future__ import annotations

import warnings

from sklearn.neural_network import MLPClassifier

from benchmarks.workloads import Array, Workload, data


class Trainer:
    """See `peers.Trainer`."""

    def __init__(self, workload: Workload, variant: str, *, shuffle: bool) -> None:
        warnings.filterwarnings("ignore")  # that training was ended before it converged
        self.x, y = data(workload)
        self.y = y.ravel().astype(int)
        self.settings = {
            "hidden_layer_sizes": workload.sizes[1:-1],
            "activation": {"relu": "relu", "sigmoid": "logistic"}[workload.hidden],
            "solver": workload.optimizer,
            "batch_size": min(workload.batch, workload.examples),
            "learning_rate_init": workload.rate,
            "momentum": 0.0,
            "nesterovs_momentum": False,
            "alpha": 0.0,
            "shuffle": shuffle,
            "tol": 0.0,
            "n_iter_no_change": 10**9,
            "random_state": 0,
        }

    def epochs(self, count: int) -> float:
        """See `peers.Trainer`."""
        return float(MLPClassifier(max_iter=count, **self.settings).fit(self.x, self.y).loss_)

    def parameters(self) -> list[tuple[Array, Array]]:
        """See `peers.Trainer`."""
        return []
