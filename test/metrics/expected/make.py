"""Numbers of scikit-learn 1.9.1, SciPy 1.17.1 and seqeval 1.2.2 for the tests of src/metrics.

pip install scikit-learn==1.9.1 scipy==1.17.1 seqeval==1.2.2 && python make.py   (writes metrics.json and spans.json here)
"""
import json
import pathlib

import numpy as np
import seqeval.metrics as sq
from scipy import stats
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261125)


def ece(event, confidence, bins=10):
    """Mean gap by np.digitize: not the way of the code under test."""
    at = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1])
    return float(sum(abs(confidence[at == b].sum() - event[at == b].sum()) for b in range(bins)) / len(event))


binary = []
for n, digits in [(40, 1), (200, 2), (60, 6)]:
    y = rng.integers(0, 2, n)
    p = np.round(np.clip(0.35 * y + rng.uniform(0, 0.65, n), 0, 1), digits)
    p = np.where(np.isclose(p * 10, np.round(p * 10)), np.clip(p + 0.003, 0, 1), p)  # off the edges of the bins, ties kept
    hat = (p > 0.5).astype(int)
    frequency, confidence = calibration_curve(y, p, n_bins=10)
    binary.append(dict(labels=y.tolist(), probabilities=p.tolist(), rocAuc=m.roc_auc_score(y, p), averagePrecision=m.average_precision_score(y, p),
                       accuracy=m.accuracy_score(y, hat), f1=m.f1_score(y, hat), f1Negative=m.f1_score(y, hat, pos_label=0), logLoss=m.log_loss(y, p), brier=m.brier_score_loss(y, p),
                       frequency=frequency.tolist(), confidence=confidence.tolist(), calibrationError=ece(y, p)))

multiclass = []
for n, k in [(50, 3), (150, 5)]:
    y = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    logits = rng.normal(size=(n, k)) + 1.2 * np.eye(k)[y]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.round(p, 3)
    p[:, 0] = np.round(1 - p[:, 1:].sum(1), 3)
    hat = p.argmax(1)
    multiclass.append(dict(classes=k, labels=y.tolist(), probabilities=p.ravel().tolist(), accuracy=m.accuracy_score(y, hat), macroF1=m.f1_score(y, hat, average='macro'),
                           rocAuc=m.roc_auc_score(y, p, multi_class='ovr', average='macro'), logLoss=m.log_loss(y, p), brier=m.brier_score_loss(y, p),
                           calibrationError=ece((hat == y).astype(float), p.max(1))))

regression = []
for n in (25, 120):
    y = np.round(rng.normal(3, 2, n), 4)
    hat = np.round(y + rng.normal(0.2, 1, n), 4)
    mean = 2.5
    regression.append(dict(labels=y.tolist(), predictions=hat.tolist(), trainMean=mean, rmse=m.root_mean_squared_error(y, hat), mae=m.mean_absolute_error(y, hat), r2=m.r2_score(y, hat),
                           relativeRmse=float(np.sqrt(m.mean_squared_error(y, hat) / m.mean_squared_error(y, np.full(n, mean)))), pearson=float(stats.pearsonr(y, hat)[0])))

y = (rng.uniform(size=(80, 5)) < [0.1, 0.3, 0.5, 0.2, 0.4]).astype(int)
hat = np.where(rng.uniform(size=y.shape) < 0.75, y, 1 - y)
y[:, 0] = 0
hat[:, 0] = 0  # a task whose F1 is undefined
multilabel = dict(labels=y.T.tolist(), predicted=hat.T.tolist(), macroF1=m.f1_score(y, hat, average='macro', zero_division=np.nan), microF1=m.f1_score(y, hat, average='micro'),
                  hammingLoss=m.hamming_loss(y, hat), subsetAccuracy=m.accuracy_score(y, hat))

json.dump(dict(binary=binary, multiclass=multiclass, regression=regression, multilabel=multilabel), open(here / 'metrics.json', 'w'))

tags = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC', 'O', 'O']
spans = []
for sequences in (3, 8, 30):
    lengths = rng.integers(3, 14, sequences)
    y = [[tags[i] for i in rng.integers(0, len(tags), n)] for n in lengths]
    hat = [[t if rng.uniform() < 0.8 else tags[rng.integers(0, len(tags))] for t in row] for row in y]
    spans.append(dict(labels=y, predicted=hat, precision=float(sq.precision_score(y, hat)), recall=float(sq.recall_score(y, hat)), f1=float(sq.f1_score(y, hat)), accuracy=float(sq.accuracy_score(y, hat)),
                      first=[[t, int(a), int(b) + 1] for t, a, b in sq.sequence_labeling.get_entities(y[0])]))
json.dump(spans, open(here / 'spans.json', 'w'))
