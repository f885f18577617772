"""Step 1: take the wine data, make it as hard as the parameters say, split it.

Reads   scikit-learn's own copy of the UCI wine data (no download)
Writes  data/wine.npz, data/wine.json
"""

import json
from pathlib import Path

import numpy as np
import orchest
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

# The same for every step of the run.
seed = orchest.get_pipeline_param("seed")
test_size = orchest.get_pipeline_param("test_size")

# Only for this step.
measurements = orchest.get_step_param("measurements")
noise = orchest.get_step_param("noise")

wine = load_wine()
columns = [wine.feature_names.index(name) for name in measurements]
bottles = wine.data[:, columns]

# A less precise laboratory: an error of `noise` standard deviations on each number.
rng = np.random.default_rng(seed)
bottles = bottles + rng.normal(size=bottles.shape) * noise * bottles.std(axis=0)

train_x, test_x, train_y, test_y = train_test_split(
    bottles, wine.target, test_size=test_size, random_state=seed, stratify=wine.target
)

data = Path("data")
data.mkdir(exist_ok=True)
np.savez(data / "wine.npz", train_x=train_x, test_x=test_x, train_y=train_y, test_y=test_y)
(data / "wine.json").write_text(
    json.dumps({"measurements": measurements, "noise": noise}, indent=2), encoding="utf-8"
)

print(f"{len(measurements)} measurements of {len(bottles)} bottles, error {noise} sd, seed {seed}")
print(f"{len(train_y)} bottles to learn from, {len(test_y)} to test on (test_size {test_size})")
