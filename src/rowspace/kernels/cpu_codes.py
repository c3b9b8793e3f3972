"""The compiled twin of `codes_reference`, and the mean of rows that are kept as codes."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel


@kernel
def nearest(points: np.ndarray, centroids: np.ndarray, codes: np.ndarray) -> None:
    """As in the reference; the distances to all centroids are worked out side by side.

    Of distances, which are not below 0, the bits are in order too: whole numbers are compared, for
    which the compiler has vector instructions.
    """
    across = centroids.T.copy()
    far = np.empty(centroids.shape[0], np.float32)
    order = far.view(np.int32)
    for i in range(len(points)):
        for j in range(len(far)):
            gap = points[i, 0] - across[0, j]
            far[j] = gap * gap
        for d in range(1, points.shape[1]):
            for j in range(len(far)):
                gap = points[i, d] - across[d, j]
                far[j] += gap * gap
        least = order[0]
        for j in range(1, len(far)):
            least = min(least, order[j])
        best = np.int32(len(far))
        for j in range(len(far)):
            best = min(best, np.int32(j) if order[j] == least else np.int32(len(far)))
        codes[i] = best


@kernel
def sums_of(points: np.ndarray, codes: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> None:
    """As in the reference."""
    sums[:] = 0
    counts[:] = 0
    for i in range(len(points)):
        counts[codes[i]] += 1
        for d in range(points.shape[1]):
            sums[codes[i], d] += points[i, d]


@kernel
def mean_codes(
    codes: np.ndarray,
    centroids: np.ndarray,
    dsub: int,
    scales: np.ndarray,
    scale_codes: np.ndarray,
    ids: np.ndarray,
    offsets: np.ndarray,
    out: np.ndarray,
) -> None:
    """out[b] = mean of the rows ids[offsets[b]:offsets[b + 1]], zeros for no row.

    Row r is, stretch by stretch, its centroids, all times scales[scale_codes[r]] (no
    `scale_codes`: as they are). `centroids` as `QuantizedRows` has them.
    """
    dim = out.shape[1]
    for b in range(len(out)):
        total = out[b]
        total[:] = 0
        for at in range(offsets[b], offsets[b + 1]):
            row = ids[at]
            scale = scales[scale_codes[row]] if len(scale_codes) else np.float32(1)
            for m in range(codes.shape[1]):
                first = m * dsub
                width = min(dsub, dim - first)
                place = 256 * first + codes[row, m] * width
                for d in range(width):
                    total[first + d] += scale * centroids[place + d]
        if offsets[b + 1] > offsets[b]:
            total *= np.float32(1.0 / (offsets[b + 1] - offsets[b]))


@kernel
def scan(
    codes: np.ndarray,
    table: np.ndarray,
    factors: np.ndarray,
    first: int,
    last: int,
    scores: np.ndarray,
) -> None:
    """As in the reference; four sums side by side: a look-up need not wait for another."""
    stretches = codes.shape[1]
    even = stretches - stretches % 4
    for i in range(first, last):
        a = b = c = d = np.float32(0)
        for m in range(0, even, 4):
            a += table[m, codes[i, m]]
            b += table[m + 1, codes[i, m + 1]]
            c += table[m + 2, codes[i, m + 2]]
            d += table[m + 3, codes[i, m + 3]]
        for m in range(even, stretches):
            a += table[m, codes[i, m]]
        scores[i] = factors[i] * ((a + b) + (c + d))
