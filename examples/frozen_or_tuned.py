"""Pre-trained vectors in a classifier: left as they are, or learning with the rest.

    python examples/frozen_or_tuned.py FILE VECTORS    # a line a text: label, tab, text

VECTORS is any file of vectors that rowspace opens: GloVe, word2vec, fastText, a model's folder.
"""

import random
import sys

import torch

import rowspace as rs
from rowspace import nn

with open(sys.argv[1], encoding="utf-8") as file:
    lines = sorted(set(file))
random.Random(0).shuffle(lines)
names, texts = zip(*(line.lower().split("\t", 1) for line in lines), strict=True)
labels, vectors = sorted(set(names)), rs.load(sys.argv[2]).vectors
targets = torch.tensor([labels.index(name) for name in names])
texts = [[word for word in text.split() if word in vectors] for text in texts]
held_out = len(texts) // 10

for freeze in (True, False):
    torch.manual_seed(0)
    layer = nn.EmbeddingBag.from_vectors(vectors, freeze=freeze)
    classifier = torch.nn.Sequential(layer, torch.nn.Linear(vectors.dim, len(labels)))
    learning = [weight for weight in classifier.parameters() if weight.requires_grad]
    optimizer = nn.Adam(learning, lr=0.01)
    for start in [*range(held_out, len(texts), 32)] * 5:
        batch = slice(start, start + 32)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(classifier(texts[batch]), targets[batch]).backward()
        optimizer.step()
    right = classifier(texts[:held_out]).argmax(1) == targets[:held_out]
    print(f"{'frozen' if freeze else 'tuned'} {right.float().mean():.3f}")
