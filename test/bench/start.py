"""scikit-learn's MLPRegressor on given splits, for start.mjs: a request as JSON on standard input, relative RMSE by task and split as JSON."""

import json
import sys
import warnings

import numpy as np
from sklearn.neural_network import MLPRegressor

warnings.simplefilter("ignore")


def encoded(column, train):
    """A column as the package encodes it: numbers standardized on the training rows, texts a column a category."""
    if isinstance(column[0], str):
        values = np.array(column)
        return np.column_stack([values == category for category in sorted(set(column))]).astype(float)
    values = np.array(column, float)[:, None]
    return (values - values[train].mean()) / (values[train].std() or 1)


request = json.load(sys.stdin)
scores = {}
for task in request["tasks"]:
    labels = np.array(request["columns"][task], float)
    scores[task] = []
    for seed, split in request["splits"].items():
        train, test = np.array(split["train"]), np.array(split["test"])
        x = np.hstack([encoded(request["columns"][name], train) for name in request["inputs"]])
        mean, scale = labels[train].mean(), labels[train].std() or 1
        network = MLPRegressor(
            hidden_layer_sizes=(64,),
            batch_size=min(64, len(train)),
            random_state=int(seed),
            alpha=0,
            max_iter=150,
            n_iter_no_change=10**6,
            tol=0,
        ).fit(x[train], (labels[train] - mean) / scale)
        predicted = network.predict(x[test]) * scale + mean
        rmse = np.sqrt(np.mean((predicted - labels[test]) ** 2))
        scores[task].append(float(rmse / np.sqrt(np.mean((labels[test] - mean) ** 2))))
json.dump(scores, sys.stdout)
