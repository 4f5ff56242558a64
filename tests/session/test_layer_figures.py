"""Figures of layers stay quiet where numbers have run away; elsewhere they are NumPy's."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from tui_nn.session.layer_figures import norm


@pytest.mark.parametrize(
    ("values", "expected"), [([[3.0, -4.0]], 5.0), ([1e200, 1e200], math.inf), ([math.inf, 1.0], math.inf)]
)
def test_the_norm_of_all_entries(values, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert norm(np.array(values)) == expected
        assert math.isnan(norm(np.array([[math.nan, 1.0]])))
