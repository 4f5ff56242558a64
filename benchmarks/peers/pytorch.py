"""PyTorch, eager, on the CPU: the loop of its own tutorials, with the data in one tensor."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from benchmarks.workloads import Array, Workload, data, start

LOSSES = {
    "mse": functional.mse_loss,
    "bce": functional.binary_cross_entropy_with_logits,
    "ce": functional.cross_entropy,
}


class Trainer:
    """See `peers.Trainer`. The variant `fused` takes the fused kernel of the optimiser."""

    def __init__(self, workload: Workload, variant: str, *, shuffle: bool) -> None:
        torch.manual_seed(0)
        self.workload, self.shuffle = workload, shuffle
        self.x, self.y = (torch.from_numpy(a) for a in data(workload))
        hidden = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}[workload.hidden]
        self.linear: list[nn.Linear] = []
        modules: list[nn.Module] = []
        for weight, bias in start(workload):
            layer = nn.Linear(*weight.shape[::-1], dtype=getattr(torch, workload.dtype))
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))
            self.linear.append(layer)
            modules += [layer, hidden(), *([nn.Dropout(workload.dropout)] if workload.dropout else [])]
        last = [nn.Sigmoid()] if workload.loss == "mse" else []
        self.model = nn.Sequential(*modules[: modules.index(self.linear[-1]) + 1], *last)
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[workload.optimizer]
        self.optimizer = kind(self.model.parameters(), lr=workload.rate, fused=variant == "fused" or None)
        self.loss = LOSSES[workload.loss]

    def epochs(self, count: int) -> float:
        """See `peers.Trainer`."""
        w = self.workload
        for _ in range(count):
            total = torch.zeros((), dtype=self.x.dtype)
            if w.full_batch:
                total += self._step(self.x, self.y)
                continue
            order = torch.randperm(w.examples) if self.shuffle else torch.arange(w.examples)
            for first in range(0, w.examples, w.batch):
                chosen = order[first : first + w.batch]
                total += self._step(self.x[chosen], self.y[chosen])
        return float(total) / w.steps

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        loss: torch.Tensor = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def parameters(self) -> list[tuple[Array, Array]]:
        """See `peers.Trainer`."""
        return [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in self.linear]
