"""What one step of GloVe means, in plain NumPy: the definition of right for `cpu_glove`."""

from __future__ import annotations

import numpy as np


def meet(
    inputs: np.ndarray,
    i: int,
    outputs: np.ndarray,
    j: int,
    input_sums: np.ndarray,
    output_sums: np.ndarray,
    input_rates: np.ndarray,
    output_rates: np.ndarray,
    target: float,
    weight: float,
    clip: float,
    scale: float,
    out: np.ndarray,
) -> None:
    """One step of AdaGrad for weight · (x·y - target)² / 2, where x is row i of `inputs` and y row
    j of `outputs`; out[0] is x·y - target before it.

    g = rate · gradient, each number of the gradient held to ±clip; x -= scale · g / √sum;
    sum += g². Both gradients are those before the step. The rates [S] belong to the columns;
    `scale` is how far the learning rate has fallen. All float32.
    """
    x, y = inputs[i], outputs[j]
    wrong = np.float32(x @ y - np.float32(target))
    pull, limit = np.float32(weight) * wrong, np.float32(clip)
    gx = np.clip(pull * y, -limit, limit) * input_rates
    gy = np.clip(pull * x, -limit, limit) * output_rates
    x -= np.float32(scale) * gx / np.sqrt(input_sums[i])
    y -= np.float32(scale) * gy / np.sqrt(output_sums[j])
    input_sums[i] += gx * gx
    output_sums[j] += gy * gy
    out[0] = wrong
