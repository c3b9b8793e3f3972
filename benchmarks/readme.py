"""Put the figures of benchmarks/results between the README's two benchmark marks.

python -m benchmarks.readme
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS, README = ROOT / "benchmarks" / "results", ROOT / "README.md"
TOPICS = (
    "words", "formats", "layer", "labels", "recommend", "table", "glove", "networks", "nested",
    "compress", "scores", "search", "serve",
)  # fmt: skip
BLOCK = re.compile(r"(<!-- BENCHMARKS.*?-->\n).*?(<!-- /BENCHMARKS -->)", re.DOTALL)

# part, what -> how the README says it. What was not measured is left out.
ROWS = {
    ("speed", "against gensim, dim 100"): "training, words a second, against gensim, dim 100",
    ("speed", "against gensim, dim 300"): "the same, dim 300",
    ("speed", "against fastText, dim 100"): "against fastText without n-grams",
    ("speed", "against fastText, n-grams, dim 100"): "against fastText with n-grams of 3 to 6",
    ("total", "against gensim, 5 epochs"): "text file → saved model, all included, against gensim",
    ("scan", "against gensim's build_vocab"): "vocabulary scan, against gensim",
    ("opening", "1,000,000 × 300, open and look up one word"): (
        "open a model of 1 M × 300 and look up a word, against gensim's mapped vectors"
    ),
    (
        "deterministic",
        "deterministic, against our default",
    ): "`--deterministic`, against our default",
    ("quality", "WS-353, against gensim"): "WS-353, same settings as gensim, 3 seeds: difference",
    ("quality", "SimLex-999, against gensim"): "SimLex-999, likewise",
    ("quality", "analogies, all, against gensim"): "Google analogies, likewise, points",
    ("defaults", "share of gensim's time"): "our own defaults: share of gensim's time",
    ("defaults", "analogies, all, gained"): "… and points of analogies gained",
    ("defaults", "WS-353, gained"): "… and WS-353 gained",
    ("memory", "rowspace: beyond the tables"): "memory while training, beyond the tables",
    (
        "opening",
        "GloVe text, against load_word2vec_format, 400,000 × 100, 346 MB",
    ): "open GloVe text, 400,000 × 100, against gensim",
    (
        "opening",
        "word2vec binary, against load_word2vec_format, 1,000,000 × 300, 1,207 MB",
    ): "open word2vec binary, 1 M × 300, against gensim",
    (
        "opening",
        "fastText .bin, against load_facebook_model, 400,000 × 100, 646 MB",
    ): "open a fastText `.bin` of 400,000 words, against gensim",
    (
        "opening",
        "fastText .bin, against load_facebook_model, 400,000 × 100, and the first neighbours",
    ): "… and the first neighbours",
    (
        "exact",
        "256 queries, 100,000 × 300, k = 10, against most_similar",
    ): "exact neighbours of 256 words, 100,000 × 300, against gensim's `most_similar`",
    (
        "faiss",
        "index() against exact, 1,000,000 × 100, 256 queries at once",
    ): "an index of 1 M × 100 at recall ≥ 0.95, against our exact search",
    ("writing", "word2vec text, 400,000 × 100"): "write word2vec text, against gensim",
    (
        "memory",
        "fasttext → rowspace: 200,000 × 400 against × 50",
    ): "convert a fastText `.bin`: memory that 280 MB more of rows add",
    ("pooled", "nn.EmbeddingBag, against TBE: all cells"): "pooled look-up, against FBGEMM's TBE",
    (
        "pooled",
        "nn.EmbeddingBag, against torch's EmbeddingBag: all cells",
    ): "… against torch's EmbeddingBag",
    (
        "gather",
        "look_up, against a pure gather: all cells",
    ): "plain look-up, as a share of a pure gather's speed",
    (
        "rowwise",
        "row-wise Adagrad, pooled, against TBE: all cells",
    ): "forward, backward and row-wise Adagrad, pooled, against TBE",
    ("unpooled", "row-wise Adagrad, against TBE: all cells"): "the same, un-pooled, against TBE",
    (
        "unpooled",
        "row-wise Adagrad, against torch's sparse Adagrad: all cells",
    ): "… against torch's sparse Adagrad",
    (
        "adam",
        "Adam, the step alone, against SparseAdam: all cells",
    ): "Adam's step, against torch's SparseAdam, 4 M × 64, 10,000 ids",
    (
        "adam",
        "Adam, the step alone, against torch's dense Adam: all cells",
    ): "… against torch's dense Adam",
    (
        "borrowed",
        "Adam on torch's Embedding, the step alone, against SparseAdam: all cells",
    ): "our Adam on torch's own Embedding, against SparseAdam",
    (
        "scale",
        "row-wise Adagrad, pooled: a step on 10,000,000 rows over one on 1,000,000: all cells",
    ): "a step on 10 M rows over one on 1 M",
    (
        "small",
        "row-wise Adagrad, 640 ids pooled, against TBE: 1,000 × 64, uniform",
    ): "a round of 640 ids, against TBE",
    (
        "int8",
        "nn.QuantizedEmbeddingBag, against float32: all cells",
    ): "pooled look-up of int8 rows, against our float32",
    (
        "speed",
        "training: all cells",
    ): "classification: texts a second of training, against fastText",
    ("speed", "file → model: all cells"): "… file → saved model, all included",
    (
        "predict",
        "the same model: all cells",
    ): "predictions a second, one model of fastText's in both",
    ("predict", "own models: all cells"): "… each with its own",
    (
        "translate",
        "Multi30k en→de in 30 minutes, BLEU of test 2016",
    ): "translation, Multi30k en→de, 30 minutes of training: BLEU",
    (
        "look-ups",
        "look-ups of 32 items, 400000 × 100",
    ): "the server: look-ups of 32 items a second, 400,000 × 100",
    ("nearest", "nearest of 400000 × 100, exact, p50"): "… and a nearest-neighbour query, exact",
    (
        "accuracy",
        "mean of the sets",
    ): "accuracy on four sets, both tuned alike: mean gain on fastText",
    ("autotune", "mean of the sets"): "autotune, 60 s each: mean gain on fastText's",
    (
        "start",
        "SST-2, from skipgram 100, against scratch",
    ): "SST-2, started from word vectors, against scratch",
    (
        "quality",
        "NDCG@10 on the test part, ours less implicit ALS",
    ): "recommending, MovieLens, NDCG@10: above implicit's ALS, both tuned alike",
    ("quality", "NDCG@10 on the test part, ours less implicit BPR"): "… above its BPR",
    ("quality", "NDCG@10 on the test part, ours less item-kNN"): "… above item-kNN",
    (
        "adult",
        "ROC's area, less that of histogram gradient boosting",
    ): "a table (Adult), area under ROC: above scikit-learn's gradient boosting",
    (
        "adult",
        "ROC's area, less that of logistic regression on one-hot columns",
    ): "… above logistic regression on one-hot columns",
    ("counting", "counting and shuffling, against cooccur"): (
        "GloVe: counting pairs, against Stanford's program"
    ),
    ("quality", "analogies, all"): "… Google analogies at equal settings, points: difference",
    ("quality", "WS-353"): "… WS-353, likewise: difference",
    ("gensim", "largest difference"): (
        "scores of the same vectors and lists: largest difference from gensim's own code"
    ),
    ("glove", "largest difference"): "… from GloVe's",
    ("vecto", "largest difference"): "… from vecto's",
}


def table(findings: list[dict[str, Any]]) -> str:
    """A line a figure: the median of ratios, and the lowest and highest seen."""
    found = {(one["part"], one["what"]): one for one in findings}
    lines = ["| | measured | from … to |", "|---|---|---|"]
    for key, label in ROWS.items():
        if key in found:
            one = found[key]
            value, low, high = (shown(one[name], one["unit"]) for name in ("value", "low", "high"))
            span = f"{low} … {high}" if low != high else ""
            lines.append(f"| {label} | {value} | {span} |")
    return "\n".join(lines)


def shown(value: float, unit: str) -> str:
    """A figure with its unit, three digits; a difference of correlations with its sign."""
    unit = unit.strip()
    if not unit and abs(value) < 0.1:
        return f"{value:+.3f}"
    number = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{number}{'' if unit in ('', '×') else ' '}{unit}"


def main() -> None:
    """Rewrite the block; what stands around it stays."""
    findings: list[dict[str, Any]] = []
    for path in (RESULTS / f"{topic}.json" for topic in TOPICS):
        findings += json.loads(path.read_text("utf-8"))["findings"] if path.exists() else []
    text = README.read_text("utf-8")
    README.write_text(BLOCK.sub(lambda found: f"{found[1]}\n{table(findings)}\n\n{found[2]}", text))


if __name__ == "__main__":
    main()
