"""The functions of the language that NumPy has not, as NumPy source: what `numpy_code` puts before a program."""

from __future__ import annotations

from collections.abc import Iterable

RESERVED = frozenset({"np", "math", "hashlib", "t", "seed", "print", "range", "float"})
"""Names that a generated program uses itself; the helpers' names are the language's own."""

# A helper stands after those that it calls.
HELPERS: dict[str, str] = {
    "sigmoid": """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
""",
    "relu": """
def relu(z):
    return np.maximum(z, 0)
""",
    "leaky_relu": """
def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""",
    "elu": """
def elu(z, alpha=1):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
""",
    "softplus": """
def softplus(z):
    return np.logaddexp(0, z)
""",
    "erf": """
erf = np.vectorize(math.erf, otypes=[float])
""",
    "gelu": """
def gelu(z):
    return z * (1 + erf(z / np.sqrt(2))) / 2
""",
    "swish": """
def swish(z):
    return z * sigmoid(z)
""",
    "step": """
def step(z):
    return np.where(z >= 0, 1.0, 0.0)
""",
    "norm": """
def norm(a, axis=None, keepdims=False):
    return np.sqrt(np.sum(np.square(a), axis=axis, keepdims=keepdims))
""",
    "softmax": """
def softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
""",
    "log_softmax": """
def log_softmax(z, axis=-1):
    z = z - np.max(z, axis=axis, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))
""",
    "softmax_cross_entropy": """
def softmax_cross_entropy(z, y, axis=-1):
    return -np.sum(y * log_softmax(z, axis=axis)) / (z.size // z.shape[axis])
""",
    "sigmoid_cross_entropy": """
def sigmoid_cross_entropy(z, y):
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
""",
    "like": """
def like(a, b):
    return np.broadcast_to(a, np.shape(b))
""",
    "dropout_mask": """
def dropout_mask(like, keep, line, iteration):
    key = hashlib.blake2b(f"{seed}:{line}".encode(), digest_size=16).digest()
    bits = np.random.PCG64DXSM(int.from_bytes(key, "little")).advance(iteration << 64)
    numbers = bits.random_raw(-(-np.size(like) // 2)).view(np.uint32)[: np.size(like)]
    return (numbers.reshape(np.shape(like)) < np.uint32(min(keep * 2**32, 2**32 - 1))) / keep
""",
}

_CALLED = {"gelu": "erf", "swish": "sigmoid", "softmax_cross_entropy": "log_softmax"}


def needed(used: Iterable[str]) -> set[str]:
    """The helpers for these functions, and those that they call."""
    direct = set(used) & set(HELPERS)
    return direct | {_CALLED[name] for name in direct if name in _CALLED}
