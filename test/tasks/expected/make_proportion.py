"""Numbers of scipy and statsmodels for test/tasks/kinds/proportion.test.ts.

pip install scipy statsmodels && python make_proportion.py   (writes proportion.json here)
"""
import json
import pathlib

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from scipy.special import expit, gammaln, logit, polygamma, psi
from statsmodels.othermod.betareg import BetaModel

rng = np.random.default_rng(2004)
n = 60
x = rng.normal(size=n)
mean, precision = expit(0.8 * x - 0.4), np.exp(2 + 0.3 * x)
y = rng.beta(mean * precision, (1 - mean) * precision)

# A mean and a precision that depend on the inputs, at parameters that were not fitted (statsmodels: logit and log links).
design = np.column_stack([np.ones(n), x])
at = np.array([-0.2, 0.6, 1.5, 0.4])
outputs = np.column_stack([design @ at[:2], design @ at[2:]])
regression = -BetaModel(y, design, exog_precision=design).loglike(at)
fitted = BetaModel(y, np.ones((n, 1)), exog_precision=np.ones((n, 1))).fit(disp=0, method="newton", maxiter=200, tol=1e-14)

# Single densities over the whole range; labels and outputs are exact in float32, the label as its logit.
rows = []
for log_precision in [-20, -5, -1, 0, 0.5, 2, 4, 6, 8, 10]:
    for z in [-12, -4, -1, 0, 0.5, 3, 9]:
        for apart in [-2, -0.125, 0, 0.03125, 1]:
            m, own, p = expit(z), z + apart, np.exp(log_precision)
            density = stats.beta.logpdf(expit(own), m * p, expit(-z) * p)
            rows.append([z, log_precision, own, float(density)])

guess = expit(outputs[:, 0])
points = [1e-6, 1e-3, 0.1, 0.5, 0.9, 1, 1.1, 2, 2.5, 5, 9.5, 30, 1000, 20000]
out = {
    "by": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
    "labels": y.tolist(),
    "outputs": outputs.tolist(),
    "negativeLogLikelihood": float(regression),
    "byScipy": float(-stats.beta.logpdf(y, guess * np.exp(outputs[:, 1]), (1 - guess) * np.exp(outputs[:, 1])).sum()),
    "constants": fitted.params.tolist(),
    "leastLoss": float(-fitted.llf),
    "deviance": float(sm.families.Binomial().deviance(y, guess) / n),
    "densities": rows,
    "gamma": [[p, float(gammaln(p)), float(psi(p)), float(polygamma(1, p))] for p in points],
}
pathlib.Path(__file__).with_name("proportion.json").write_text(json.dumps(out))
print(out["by"], out["negativeLogLikelihood"], out["byScipy"], out["constants"], np.abs(fitted.model.score(fitted.params)).max())
