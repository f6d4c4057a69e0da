"""Numbers of scikit-learn and statsmodels for the tests of kinds of tasks, and row contributions by brute force.

pip install scikit-learn statsmodels && python make_kinds.py   (writes kinds.json here)
"""
import json
import pathlib

import numpy as np
import sklearn
import statsmodels
from scipy.special import gammaln
from sklearn import metrics as m
from statsmodels.discrete.discrete_model import Poisson
from statsmodels.miscmodels.ordinal_model import OrderedModel

rng = np.random.default_rng(20261128)

# Ordered logit: the log likelihood at parameters that were not fitted, and at the fit.
n, levels = 60, 4
x = rng.normal(size=(n, 2))
y = np.clip(np.digitize(x @ [1.0, -0.5] + rng.logistic(size=n), [-1, 0.5, 1.5]), 0, levels - 1)
model = OrderedModel(y, x, distr="logit")
slope = np.array([0.7, -0.2])
thresholds = np.array([-0.8, 0.3, 1.9])
# statsmodels' own parameters: the first threshold, then logarithms of the distances.
raw = np.concatenate([[thresholds[0]], np.log(np.diff(thresholds))])
ordinal = {
    "labels": y.tolist(),
    "score": (x @ slope).tolist(),
    "thresholds": thresholds.tolist(),
    "probabilities": model.predict(np.concatenate([slope, raw]), exog=x).tolist(),
    "negativeLogLikelihood": float(-model.loglike(np.concatenate([slope, raw]))),
}
guess = rng.integers(0, levels, n)
ordinal["guess"] = guess.tolist()
ordinal["quadraticKappa"] = float(m.cohen_kappa_score(y, guess, weights="quadratic"))
ordinal["rankMae"] = float(m.mean_absolute_error(y, guess))

# Poisson regression with exposure.
exposure = rng.uniform(0.2, 5, n)
rate = np.exp(0.4 * x[:, 0] - 0.3)
counts = rng.poisson(rate * exposure)
poisson = Poisson(counts, np.column_stack([np.ones(n), x]), exposure=exposure)
at = np.array([-0.1, 0.3, 0.2])
log_rate = np.column_stack([np.ones(n), x]) @ at
count = {
    "counts": counts.tolist(),
    "exposures": exposure.tolist(),
    "logRates": log_rate.tolist(),
    # Less what no model changes.
    "loss": float(-poisson.loglike(at) + np.sum(counts * np.log(exposure) - gammaln(counts + 1))),
    "deviance": float(m.mean_poisson_deviance(counts, np.exp(log_rate) * exposure)),
    "d2": float(m.d2_tweedie_score(counts, np.exp(log_rate) * exposure, power=1)),
    "meanRate": float(counts.sum() / exposure.sum()),
}

# DeLong's variance of the AUC by its definition, pair by pair.
labels = rng.integers(0, 2, 50)
scores = np.round(rng.normal(size=50) + labels, 1)
pos, neg = scores[labels == 1], scores[labels == 0]
kernel = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
v10, v01 = kernel.mean(1), kernel.mean(0)
auc = {
    "labels": labels.tolist(),
    "scores": scores.tolist(),
    "area": float(m.roc_auc_score(labels, scores)),
    "positives": v10.tolist(),
    "negatives": v01.tolist(),
    "variance": float(v10.var(ddof=1) / len(pos) + v01.var(ddof=1) / len(neg)),
}

out = {
    "by": f"scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}",
    "ordinal": ordinal,
    "count": count,
    "auc": auc,
}
pathlib.Path(__file__).with_name("kinds.json").write_text(json.dumps(out))
