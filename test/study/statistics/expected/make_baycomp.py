"""Posteriors of baycomp 1.0.3's correlated t test on gains of the calibration, for the test of src/study/statistics/bayesian-correlated-t-test.ts.

pip install baycomp==1.0.3 && python make_baycomp.py   (writes baycomp.json here)

baycomp takes folds, whose correlation is 1 / folds: its formula with 20 scores of 6 runs, 20 / 6 folds, has the correlation .3 of 70/30 splits. Its
own shortcut wants whole folds, so the parts behind it are called.
"""
import json
import pathlib

import numpy as np
from baycomp.single import CorrelatedTTest, Posterior

here = pathlib.Path(__file__).parent
studies = json.loads((here / '../../../bench/calibration/shared300.json').read_text())[:8]
out = []
for study in studies:
    values = np.mean(study['gains'], axis=0)
    zero = np.zeros_like(values)
    for rope in (0, 0.01):
        posterior = Posterior(*CorrelatedTTest.compute_statistics(zero, values, 6), rope).probs()
        worse, same, better = posterior if rope > 0 else (posterior[0], 0, posterior[1])
        out.append(dict(values=values.tolist(), rope=rope, worse=float(worse), same=float(same), better=float(better)))
(here / 'baycomp.json').write_text(json.dumps(out, indent=1) + '\n')
