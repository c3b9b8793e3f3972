"""compress-fasttext: fewer words and n-grams, the most frequent; codes of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer


def smaller(job: Job) -> dict[str, Any]:
    """Its recipe `prune_ft_freq`; the vectors of the words asked for, known or not."""
    stages = Stages()
    import compress_fasttext
    import gensim
    import numpy as np

    vectors = gensim.models.fasttext.load_facebook_vectors(job["bin"])
    stages.lap("open")
    small = compress_fasttext.prune_ft_freq(
        vectors, new_vocab_size=job["items"], new_ngrams_size=job["ngrams"], pq=True
    )
    stages.lap("compress")
    path = Path(job["folder"], "small.bin")
    small.save(str(path))
    size = sum(one.stat().st_size for one in path.parent.glob("small.bin*"))
    rows = np.stack([small[word] for word in job["words"]]).astype(np.float32)
    np.save(Path(job["folder"], "vectors.npy"), rows)
    return {"seconds": stages.seconds, "bytes": size}


if __name__ == "__main__":
    answer({"smaller": smaller}, ["compress-fasttext", "gensim", "numpy"])
