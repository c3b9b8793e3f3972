"""rowspace's part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.labels.runners.predictions import predicting
from benchmarks.labels.runners.trials import judged
from benchmarks.labels.texts import PREFIX, read


class Fitted:
    """A model of ours."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def best(self, texts: Sequence[str]) -> list[str]:
        """The first label of each text."""
        found = self.model.predict(texts, k=1)
        return [one[0][0].removeprefix(PREFIX) if one else "" for one in found]

    def of_label(self, texts: Sequence[str], labels: Sequence[str]) -> list[float]:
        """One-vs-all's probabilities are brought to a sum of 1."""
        found = [dict(one) for one in self.model.predict(texts, k=-1)]
        return [
            one.get(label, 0.0) / (sum(one.values()) or 1.0)
            for label, one in zip(labels, found, strict=True)
        ]


def arguments(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings by rowspace's names; its n-grams have a row each, so buckets bound their number."""
    rest = dict(settings)
    minn, maxn = rest.pop("chars")
    found = {"tokenizer": "whitespace", **rest, "minn": minn, "maxn": maxn}
    if "buckets" in rest:
        found["max_grams"] = found.pop("buckets")
    return found


def fit(train: str, settings: dict[str, Any], seed: int, job: Job) -> Fitted:
    """One training of all its epochs: nothing is chosen by. Raises RuntimeError if it diverges."""
    import rowspace as rs

    given = {**arguments(settings), "threads": job["threads"], "seed": seed}
    kept = {
        name: job[old] for name, old in (("start", "start"), ("output", "save")) if job.get(old)
    }
    try:
        model = rs.train_classifier(train, valid=0, baselines=False, **kept, **given)
    except rs.DivergedError as error:
        raise RuntimeError(str(error)) from error
    return Fitted(model)


def train(job: Job) -> dict[str, Any]:
    """`train` is the training alone; `rest` the reading, the vocabulary, the tables and saving."""
    stages = Stages()
    import rowspace  # noqa: F401

    stages.lap("import")
    found = fit(job["train"], job["settings"], job["seed"], job)
    stages.lap("rest")
    seconds = stages.seconds
    seconds["train"] = float(found.model.record["training_seconds"])
    seconds["rest"] -= seconds["train"]
    tested = _tested(found, job)
    stages.lap("test")
    return {"seconds": seconds, **tested}


def autotune(job: Job) -> dict[str, Any]:
    """Our own search on the validation part, within a time or so many trainings; then the test
    part."""
    import rowspace as rs

    found = rs.autotune(
        job["train"],
        valid=job["valid"],
        budget=job["budget"],
        trials=job.get("trials"),
        start=job.get("start") or None,
        threads=job["threads"],
        seed=job["seed"],
        baselines=False,
    )
    record, told = found.record, found.record["autotune"]
    members = [one for one in record["trials"] if one["trial"] in told["members"]]
    chosen = {**told, "members": [_settings(one) for one in members]}
    valid = {one["name"]: one["value"] for one in record["scores"]}["accuracy"]
    seconds = {"search": told["search_seconds"], "training": record["training_seconds"]}
    return {"chosen": chosen, "valid": valid, "seconds": seconds, **_tested(Fitted(found), job)}


def predict(job: Job) -> dict[str, Any]:
    """Predictions a second of a saved model, all texts in one list."""
    import rowspace as rs

    model = rs.load(job["model"])
    return predicting(Fitted(model).best, lambda texts: model.predict(texts, k=1), job)


def vectors(job: Job) -> dict[str, Any]:
    """Word vectors to start from."""
    import rowspace as rs

    kinds = {"skipgram": rs.SkipGram, "cbow": rs.CBOW}
    rs.train(
        kinds[job["kind"]](dim=job["dim"]),
        job["corpus"],
        epochs=job["epochs"],
        threads=job["threads"],
        seed=job["seed"],
        tokenizer="whitespace",
        lower=False,
        output=job["save"],
    )
    return {"bytes": sum(one.stat().st_size for one in Path(job["save"]).iterdir())}


def _settings(trial: dict[str, Any]) -> dict[str, Any]:
    """What a trial was, without how it went."""
    return {key: value for key, value in trial.items() if key not in ("looks", "seconds")}


def _tested(found: Fitted, job: Job) -> dict[str, Any]:
    return judged(found, read(job["test"])) if job.get("test") else {}


if __name__ == "__main__":
    answer(
        {
            "train": train,
            "autotune": autotune,
            "predict": predict,
            "vectors": vectors,
        },
        ["rowspace", "numpy", "numba"],
    )
