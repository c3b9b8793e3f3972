"""A text classifier whose first layer reads words.

    python examples/torch_classifier.py FILE    # a line a text: label, tab, text

Words go into the layer as they are; a word it has not seen has the row of "<unk>".
"""

import random
import sys
from collections import Counter

import torch

from rowspace import Exact, Vocabulary, nn

with open(sys.argv[1], encoding="utf-8") as file:
    lines = sorted(set(file))
random.Random(0).shuffle(lines)
names, texts = zip(*(line.lower().split("\t", 1) for line in lines), strict=True)
labels, texts = sorted(set(names)), [text.split() for text in texts]
targets = torch.tensor([labels.index(name) for name in names])
held_out = len(texts) // 10

counts = Counter(word for text in texts[held_out:] for word in text)
words = Vocabulary.from_counts(counts, min_count=2, unseen=Exact(unknown="<unk>"))

torch.manual_seed(0)
layer = nn.EmbeddingBag.from_vocabulary(words, 64)  # the mean of a text's words
classifier = torch.nn.Sequential(layer, torch.nn.Linear(64, len(labels)))
optimizer = nn.AdamW(classifier.parameters(), lr=0.01)
for start in [*range(held_out, len(texts), 32)] * 5:
    batch = slice(start, start + 32)
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(classifier(texts[batch]), targets[batch]).backward()
    optimizer.step()

right = classifier(texts[:held_out]).argmax(1) == targets[:held_out]
print(f"accuracy {right.float().mean():.3f} on {held_out} texts held out")
