"""The layer without a framework: look rows up, work the gradient out by hand, let them learn.

    python examples/numpy_layer.py FILE    # a line a text: label, tab, text

A text is the mean of its words' vectors, its label what the softmax of a linear layer says.
"""

import random
import sys
from collections import Counter

import numpy as np

import rowspace as rs

with open(sys.argv[1], encoding="utf-8") as file:
    lines = sorted(set(file))
random.Random(0).shuffle(lines)
names, texts = zip(*(line.lower().split("\t", 1) for line in lines), strict=True)
labels, texts, held_out = sorted(set(names)), [text.split() for text in texts], len(texts) // 10
targets = np.array([[name == label for label in labels] for name in names])
counts = Counter(word for text in texts[held_out:] for word in text)
words = rs.Vocabulary.from_counts(counts, reserved=["<pad>"], unseen=rs.Exact(unknown="<unk>"))
ids = rs.pad_sequences([words.rows(text).ids for text in texts], maxlen=40)  # <pad> is row 0
share = (ids > 0) / np.maximum((ids > 0).sum(1, keepdims=True), 1)  # of a word in its text's mean

table, weights = rs.Table(len(words), 32, rs.Adagrad(lr=0.1)), np.zeros((32, len(labels)))
table.rows[:] = rs.Vectors.random(words, 32).rows
for start in [*range(held_out, len(texts), 32)] * 5:
    batch = slice(start, start + 32)
    text = (table[ids[batch]] * share[batch, :, None]).sum(1)  # [batch, length, dim], summed up
    says = np.exp(text @ weights)
    error = says / says.sum(1, keepdims=True) - targets[batch]
    table.step(ids[batch], share[batch, :, None] * (error @ weights.T)[:, None])
    weights -= 0.1 * text.T @ error

text = (table[ids[:held_out]] * share[:held_out, :, None]).sum(1)
right = (text @ weights).argmax(1) == targets[:held_out].argmax(1)
print(f"accuracy {right.mean():.3f} on {held_out} texts held out")
