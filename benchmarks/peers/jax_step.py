"""JAX: one jitted training step, called from Python; it gathers its batch from data on the device."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.workloads import Array, Workload, data, start

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # Adam's usual ones, as of all peers


class Trainer:
    """See `peers.Trainer`."""

    def __init__(self, workload: Workload, variant: str, *, shuffle: bool) -> None:
        if workload.dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        self.workload, self.shuffle = workload, shuffle
        self.theta = jax.tree.map(jnp.asarray, start(workload))
        zeros = jax.tree.map(jnp.zeros_like, self.theta)
        self.state: Any = (jnp.zeros((), "int32"), zeros, jax.tree.map(jnp.zeros_like, self.theta))
        if workload.optimizer == "sgd":
            self.state = ()
        self.key = jax.random.key(0)
        x, y = map(jnp.asarray, data(workload))
        self.permute = jax.jit(lambda key: jax.random.permutation(key, workload.examples))

        @partial(jax.jit, donate_argnums=(0, 1, 2), static_argnums=(6,))
        def step(theta: Any, state: Any, total: Any, order: Any, batch: Any, key: Any, size: int) -> Any:
            if not workload.full_batch:
                chosen = jax.lax.dynamic_slice(order, (batch * workload.batch,), (size,))
            xs, ys = (x, y) if workload.full_batch else (x[chosen], y[chosen])
            key = jax.random.fold_in(key, batch) if workload.dropout else key
            loss, gradient = jax.value_and_grad(partial(loss_of, workload))(theta, xs, ys, key)
            theta, state = update(workload, theta, state, gradient)
            return theta, state, total + loss

        self.step = step

    def epochs(self, count: int) -> float:
        """See `peers.Trainer`."""
        w = self.workload
        order = jnp.arange(w.examples)
        theta, state = self.theta, self.state
        for _ in range(count):
            total = np.zeros((), w.dtype)
            if self.shuffle and not w.full_batch:
                self.key, key = jax.random.split(self.key)
                order = self.permute(key)
            for batch in range(w.steps):
                size = min(w.batch, w.examples - batch * w.batch)
                theta, state, total = self.step(theta, state, total, order, batch, self.key, size)
        self.theta, self.state = jax.block_until_ready((theta, state))
        return float(total) / w.steps

    def parameters(self) -> list[tuple[Array, Array]]:
        """See `peers.Trainer`."""
        return [(np.asarray(weight), np.asarray(bias)) for weight, bias in self.theta]


def loss_of(w: Workload, theta: Any, x: Any, y: Any, key: Any) -> Any:
    """The mean loss of a batch."""
    hidden = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}[w.hidden]
    for weight, bias in theta[:-1]:
        x = hidden(x @ weight.T + bias)
        if w.dropout:
            key, own = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(own, 1 - w.dropout, x.shape), x / (1 - w.dropout), 0)
    z = x @ theta[-1][0].T + theta[-1][1]
    match w.loss:
        case "mse":
            return jnp.mean((jax.nn.sigmoid(z) - y) ** 2)
        case "bce":
            return jnp.mean(jax.nn.softplus(z) - y * z)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))


def update(w: Workload, theta: Any, state: Any, gradient: Any) -> Any:
    """SGD, or Adam as its authors have it."""
    if w.optimizer == "sgd":
        return jax.tree.map(lambda p, g: p - w.rate * g, theta, gradient), state
    t, m, v = state
    t += 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, gradient)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, gradient)
    c1, c2 = 1 - BETA1**t, 1 - BETA2**t
    theta = jax.tree.map(lambda p, m, v: p - w.rate * (m / c1) / (jnp.sqrt(v / c2) + EPS), theta, m, v)
    return theta, (t, m, v)
