"""Writes measures.json: distances between sets of features by SciPy and NumPy, for MeasureTests.

usage: python make.py     (NumPy 2, SciPy 1; run in this folder)
"""

import json

import numpy as np
import scipy.linalg
from scipy.spatial.distance import cdist

random = np.random.default_rng(7)


def frechet(a, b):
    """The trace of the root of the covariances' product is the sum of the singular values of the product
    of the centered features, which is exact for dependent features, too."""
    ca, cb = a - a.mean(0), b - b.mean(0)
    root = np.linalg.svd(ca @ cb.T, compute_uv=False).sum()
    root /= np.sqrt((len(a) - 1) * (len(b) - 1))
    va, vb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    if np.linalg.matrix_rank(va) == np.linalg.matrix_rank(vb) == a.shape[1]:
        assert abs(np.trace(scipy.linalg.sqrtm(va @ vb)).real - root) < 1e-9 * root
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(va) + np.trace(vb) - 2 * root


def kernel(a, b):
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x):
        gram = k(x, x)
        return (gram.sum() - np.trace(gram)) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * k(a, b).mean()


def share(points, manifold, neighbors=3):
    """The part of the points within the balls around the manifold's, to their nearest neighbors."""
    within = np.sort(cdist(manifold, manifold), axis=1)
    return float((cdist(points, manifold) <= within[:, neighbors]).any(1).mean())


def case(name, a, b):
    # As features are kept.
    a, b = a.round(3).astype(np.float32), b.round(3).astype(np.float32)
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    return {
        "name": name,
        "size": a.shape[1],
        "drawn": [round(float(x), 3) for x in a.ravel()],
        "real": [round(float(x), 3) for x in b.ravel()],
        "frechet": frechet(wide_a, wide_b),
        "kernel": kernel(wide_a, wide_b),
        "precision": share(wide_a, wide_b),
        "recall": share(wide_b, wide_a),
    }


def normal(count, size, shift=0.0, scale=1.0):
    return random.normal(size=(count, size)) * scale + shift


mix = normal(6, 6)
few = np.maximum(normal(8, 20), 0)
dependent = np.concatenate([normal(40, 3), np.zeros((40, 2))], axis=1)
dependent[:, 4] = dependent[:, 0] - 2 * dependent[:, 1]
line = np.outer(normal(30, 1), [1, 2, 3, 0, 0]) + 0.1

cases = [
    case("alike", normal(60, 6) @ mix, normal(50, 6) @ mix),
    case("apart", normal(40, 4, 1.5, 0.7), normal(70, 4)),
    case("fewer images than features", few, np.maximum(normal(12, 20, 0.2), 0)),
    case("features that depend on each other or are dead", dependent, line),
    case("the same", line, line),
]
with open("measures.json", "w") as file:
    json.dump(cases, file)
    file.write("\n")
