"""A table in scikit-learn: learned vectors for categories, one pipeline, one search.

    python examples/sklearn_pipeline.py titanic.csv survived pclass,sex,embarked age,fare

The arguments: a CSV with a header, the column to tell, its categories, its numbers.
"""

import sys

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rowspace.sklearn import EmbeddingEncoder

path, target, categories, numbers = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4]
frame = pd.read_csv(path)
x, held_out, y, truth = train_test_split(
    frame.drop(columns=target), frame[target], test_size=0.25, random_state=0
)
columns = make_column_transformer(
    (EmbeddingEncoder(random_state=0), categories.split(",")),
    (make_pipeline(SimpleImputer(), StandardScaler()), numbers.split(",")),
    verbose_feature_names_out=False,
)
search = GridSearchCV(
    make_pipeline(columns, LogisticRegression(max_iter=1000)),
    {"columntransformer__embeddingencoder__dim": [2, 4]},
    cv=3,
).fit(x, y)
names = search.best_estimator_[:-1].get_feature_names_out()
print(f"accuracy {search.score(held_out, truth):.3f} on {len(truth)} rows held out")
print(f"columns {len(names)}: {', '.join(names)}")
