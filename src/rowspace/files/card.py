"""The model card: README.md beside the model, written from its configuration.

Of the record it knows by name: `data` (what it was trained on), `scores` and `baselines`
(card_scores.py) and `determinism`; all else goes into one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rowspace.files.card_scores import beside_baselines, cell, score_table

_FRONT = """---
library_name: rowspace
tags: [embeddings, {tag}]
---
"""
TAGS = {
    "table": "tabular-classification", "recommender": "recommendation",
    "tag": "token-classification", "translate": "translation", "generate": "text-generation",
}  # fmt: skip
"""What a kind of model is called where models are shared."""
KNOWN = ("data", "scores", "baselines", "determinism")
LONG = ("labels", "confusion", "types", "rate")
"""Of the record, what `rowspace report` shows better."""


def card(config: Mapping[str, Any]) -> str:
    """Markdown for the configuration of files/manifest.py."""
    record = config["record"]
    policy = config["vocabulary"].get("unseen", {})
    settings = {**config["settings"], "unseen": policy} if config["table"] else config["settings"]
    version = config["format_version"]
    parts = [
        _FRONT.format(tag=_tag(config)),
        "# Embeddings\n",
        f"{_size(config)} Made by {cell(config['made_by'])}, format {version[0]}.{version[1]}.\n",
        *_more(config),
        "## Use\n",
        _use(config),
        "`rowspace info` shows the same as this page; `rowspace info --verify` checks every byte."
        " The arrays are plain safetensors.\n",
        "## Data\n",
        _table("", "", _flat(_section(record, "data"))) or "Not stated.\n",
        "## Settings\n",
        _table("setting", "value", _flat(settings)) or "Not stated.\n",
        "## Scores\n",
        score_table(record.get("scores")) or "Not measured.\n",
        *beside_baselines(record),
        "## Determinism\n",
        f"{cell(record.get('determinism', 'Not stated.'))}\n",
    ]
    rest = {k: v for k, v in record.items() if k not in (*KNOWN, *LONG)}
    if rest:
        parts += ["## Training record\n", _table("", "", _flat(rest))]
    parts += [
        "## Limits\n",
        "Vectors carry the habits of the text they come from, its prejudices too. Scores hold for"
        " the test lists named, in their language.\n",
    ]
    return "\n".join(parts)


def _tag(config: Mapping[str, Any]) -> str:
    """What the model is for, in a word."""
    settings = config["settings"]
    network = settings.get("network")
    kind = network.get("kind") if isinstance(network, Mapping) else settings.get("kind")
    named = TAGS.get(kind) if isinstance(kind, str) else None
    return named or ("text-classification" if config.get("head") else "word-vectors")


def _size(config: Mapping[str, Any]) -> str:
    """How much there is of the model's own, in a sentence or two."""
    table = config["table"]
    if not table:
        return "Vectors are those of its parts." if config.get("parts") else "It has no vectors."
    policy = config["vocabulary"].get("unseen", {})
    return (
        f"{table['items']:,} items, {table['rows']:,} rows of {table['dim']} numbers "
        f"({table['dtype']}). An unseen item is answered by the policy "
        f"`{cell(policy.get('name', 'unknown'))}`."
    )


def _use(config: Mapping[str, Any]) -> str:
    """The first lines of Python."""
    table = config["table"]
    lines = ["import rowspace as rs\n", 'model = rs.load("this folder")']
    if table:
        lines.append(
            f'model.vectors.nearest("…")   # or model.vectors["…"], {table["dim"]} numbers'
        )
    if config.get("parts"):
        lines.append('model.parts["…"].vectors.nearest("…")   # or rs.load("this folder/…")')
    return "```python\n" + "\n".join(lines) + "\n```\n"


def _more(config: Mapping[str, Any]) -> Iterator[str]:
    """Of a model with codes, labels, parts or arrays a sentence or a table each."""
    if "dsub" in config["table"]:
        yield f"Rows are kept as codes, a byte for {cell(config['table']['dsub'])} numbers.\n"
    head = config.get("head")
    if head:
        size, loss = cell(head["labels"]["size"]), cell(head["loss"])
        yield f'It has {size} labels ({loss}): `model.predict(["a text"])`, `rowspace predict`.\n'
    if config.get("parts"):
        head_lines = "| part | items | rows | numbers |\n|---|---|---|---|\n"
        yield head_lines + "".join(map(_part, config["parts"]))
    if config.get("arrays"):
        yield f"It answers with {len(config['arrays'])} arrays besides.\n"


def _part(part: Mapping[str, Any]) -> str:
    sizes = (part["table"].get(name) for name in ("items", "rows", "dim"))
    return f"| {cell(part['name'])} | " + " | ".join(map(cell, sizes)) + " |\n"


def _section(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name, {})
    return value if isinstance(value, dict) else {name: value}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and plain values of a nested dictionary."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _table(left: str, right: str, lines: Iterator[tuple[str, Any]]) -> str:
    body = "".join(f"| {cell(name)} | {cell(value)} |\n" for name, value in lines)
    return f"| {left} | {right} |\n|---|---|\n{body}" if body else ""
