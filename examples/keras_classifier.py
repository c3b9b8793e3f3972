"""A text classifier in Keras, on any of its backends; strings need no TensorFlow.

    KERAS_BACKEND=torch python examples/keras_classifier.py FILE   # a line a text: label, tab, text

The look-up is the model's first layer, so a saved model brings its words and how texts are cut.
"""

import random
import sys

import keras
import numpy as np

from rowspace.keras import Embedding, Lookup

with open(sys.argv[1], encoding="utf-8") as file:
    lines = sorted(set(file))
random.Random(0).shuffle(lines)
names, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
labels = sorted(set(names))
targets = np.array([labels.index(name) for name in names])
held_out = len(texts) // 10

keras.utils.set_random_seed(0)
lookup = Lookup(tokenizer="words", length=60, mask_zero=True)
lookup.adapt(texts[held_out:], min_count=2)
model = keras.Sequential(
    [
        lookup,
        Embedding.from_vocabulary(lookup.vocabulary, 32, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(len(labels), activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(lookup(texts[held_out:]), targets[held_out:], batch_size=64, epochs=4, verbose=0)
_, accuracy = model.evaluate(lookup(texts[:held_out]), targets[:held_out], verbose=0)
print(f"accuracy {accuracy:.3f} on {held_out} texts held out")
