"""Few labels, much text: words that were learned before, against words from scratch.

    python examples/pretrained_or_scratch.py FILE [VECTORS]    # a line a text: label, tab, text

One text in ten keeps its label. Without VECTORS, words are first learned from all the texts.
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
labels, texts = sorted(set(names)), [text.split() for text in texts]
model = rs.load(sys.argv[2]) if sys.argv[2:] else rs.train(rs.SkipGram(dim=50), texts, epochs=10)
words, dim = model.vectors.vocabulary, model.vectors.dim
texts = [[word for word in text if word in words] for text in texts]
targets, known = torch.tensor([labels.index(name) for name in names]), len(texts) // 10

torch.manual_seed(0)
for name, layer in {
    "from scratch": nn.EmbeddingBag.from_vocabulary(words, dim),
    "pre-trained": nn.EmbeddingBag.from_vectors(model.vectors, freeze=False),
}.items():
    classifier = torch.nn.Sequential(layer, torch.nn.Linear(dim, len(labels)))
    optimizer = nn.Adam(classifier.parameters(), lr=0.01)
    for start in [*range(0, known, 32)] * 10:
        batch = slice(start, min(start + 32, known))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(classifier(texts[batch]), targets[batch]).backward()
        optimizer.step()
    right = classifier(texts[known:]).argmax(1) == targets[known:]
    print(f"{name} {right.float().mean():.3f}")
