"""fastText's part, through its own Python package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.labels.runners.predictions import predicting
from benchmarks.labels.runners.trials import judged, refits, trials
from benchmarks.labels.texts import PREFIX, read


class Fitted:
    """A model of fastText's; its texts have no line feeds."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def best(self, texts: Sequence[str]) -> list[str]:
        """The first label of each text."""
        found, _ = self.model.predict(list(texts), k=1)
        return [one[0].removeprefix(PREFIX) if one else "" for one in found]

    def of_label(self, texts: Sequence[str], labels: Sequence[str]) -> list[float]:
        """One-vs-all's probabilities are brought to a sum of 1."""
        found, chances = self.model.predict(list(texts), k=-1)
        return [
            dict(zip(names, row, strict=True)).get(PREFIX + label, 0.0) / (sum(row) or 1.0)
            for label, names, row in zip(labels, found, chances, strict=True)
        ]


def arguments(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings by fastText's names."""
    minn, maxn = settings["chars"]
    return {
        "epoch": settings["epochs"],
        "lr": settings["lr"],
        "wordNgrams": settings["words"],
        "dim": settings["dim"],
        "minn": minn,
        "maxn": maxn,
        "bucket": settings["buckets"],
        "loss": settings["loss"],
    }


def fit(train: str, settings: dict[str, Any], seed: int, job: Job) -> Fitted:
    """One training."""
    import fasttext  # type: ignore[import-not-found]

    given = {**arguments(settings), "thread": job["threads"], "seed": seed, "verbose": 0}
    return Fitted(fasttext.train_supervised(train, **given))


def train(job: Job) -> dict[str, Any]:
    """One call reads, counts and trains; with no epochs it does all but the training."""
    stages = Stages()
    import fasttext  # noqa: F401

    stages.lap("import")
    found = fit(job["train"], job["settings"], job["seed"], job)
    stages.lap("call")
    if job.get("save"):
        found.model.save_model(f"{job['save']}.bin")
        stages.lap("save")
    tested = _tested(found, job)
    stages.lap("test")
    return {"seconds": stages.seconds, **tested}


def autotune(job: Job) -> dict[str, Any]:
    """fastText's own search on the validation part within a time, then the test part."""
    stages = Stages()
    import fasttext

    stages.lap("import")
    found = Fitted(
        fasttext.train_supervised(
            job["train"],
            autotuneValidationFile=job["valid"],
            autotuneDuration=round(job["budget"]),
            thread=job["threads"],
            seed=job["seed"],
            verbose=0,
        )
    )
    stages.lap("call")
    given = found.model.f.getArgs()
    names = ("epoch", "lr", "wordNgrams", "dim", "minn", "maxn", "bucket")
    chosen = {name: getattr(given, name) for name in names} | {"loss": given.loss.name}
    return {"seconds": stages.seconds, "chosen": chosen, **_tested(found, job)}


def predict(job: Job) -> dict[str, Any]:
    """Predictions a second of a saved model, all texts in one list."""
    import fasttext

    model = fasttext.load_model(f"{job['model']}.bin")
    return predicting(Fitted(model).best, lambda texts: model.predict(texts, k=1), job)


def _tested(found: Fitted, job: Job) -> dict[str, Any]:
    return judged(found, read(job["test"])) if job.get("test") else {}


if __name__ == "__main__":
    answer(
        {
            "trials": partial(trials, fit),
            "refits": partial(refits, fit),
            "train": train,
            "autotune": autotune,
            "predict": predict,
        },
        ["fasttext", "numpy"],
    )
