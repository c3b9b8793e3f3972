"""What requests and replies look like: the one place the JSON interface is written down."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from rowspace.serve.limits import EXPORTED, ITEM_BYTES, ITEMS, NEIGHBOURS, POINTS

Item: TypeAlias = Annotated[str, Meta(max_length=ITEM_BYTES)]
Id: TypeAlias = Annotated[int, Meta(ge=0, lt=2**31)]
Key: TypeAlias = Item | Id
Keys: TypeAlias = Annotated[list[Key], Meta(min_length=1, max_length=ITEMS)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=NEIGHBOURS)]
First: TypeAlias = Annotated[int, Meta(ge=1, lt=2**31)]


class Asked(Struct, forbid_unknown_fields=True, frozen=True):
    """What every request is: named fields, and no others."""


class VectorsAsked(Asked, frozen=True, kw_only=True):
    """Items, or their ids."""

    items: Keys


class NearestAsked(Asked, frozen=True, kw_only=True):
    """Items or vectors, one of the two; `first`: look only at so many of the most frequent."""

    items: Keys | UnsetType = UNSET
    vectors: Annotated[list[list[float]], Meta(min_length=1, max_length=ITEMS)] | UnsetType = UNSET
    k: Count = 10
    first: First | None = None


class AnalogyAsked(Asked, frozen=True, kw_only=True):
    """Near all of `positive`, far from all of `negative`: b and c, and a, of a : b = c : ?"""

    positive: Keys
    negative: Annotated[list[Key], Meta(max_length=ITEMS)] = []
    k: Count = 10
    method: Literal["add", "mul"] = "add"


class OddAsked(Asked, frozen=True, kw_only=True):
    """Three items or more, of which one does not belong."""

    items: Annotated[list[Key], Meta(min_length=3, max_length=ITEMS)]


class SimilarityAsked(Asked, frozen=True, kw_only=True):
    """Pairs of items or ids."""

    pairs: Annotated[list[tuple[Key, Key]], Meta(min_length=1, max_length=ITEMS)]


class CompareAsked(Asked, frozen=True, kw_only=True):
    """One item, in two models or more."""

    models: Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(min_length=2, max_length=16)]
    item: Item
    k: Count = 10


class PredictAsked(Asked, frozen=True, kw_only=True):
    """Texts to label; the `k` best labels of each."""

    texts: Annotated[list[Item], Meta(min_length=1, max_length=ITEMS)]
    k: Count = 5


class ExportAsked(Asked, frozen=True, kw_only=True):
    """Items by name or by id, one of the two, as a file; with their `vectors` or without."""

    items: Annotated[list[Item], Meta(min_length=1, max_length=EXPORTED)] | UnsetType = UNSET
    ids: Annotated[list[Id], Meta(min_length=1, max_length=EXPORTED)] | UnsetType = UNSET
    format: Literal["csv", "tsv", "json"] = "csv"
    vectors: bool = False


class ItemsAsked(Asked, frozen=True, kw_only=True):
    """The beginning, or some part, of an item, in whatever case."""

    prefix: Item = ""
    k: Count = 20


class MapAsked(Asked, frozen=True, kw_only=True):
    """How the map was made, how many points to show, what gives them colour."""

    method: Literal["pca", "umap"] = "pca"
    points: Annotated[int, Meta(ge=2, le=POINTS)] = 20_000
    colour: Annotated[str, Meta(max_length=200)] | None = None


class ModelInfo(Struct, frozen=True):
    """A model that is served."""

    id: str
    name: str
    items: int
    dim: int
    unseen: str
    has_counts: bool
    labels: bool
    columns: list[str]
    maps: list[str]


class Models(Struct, frozen=True):
    """The models that were opened at the start."""

    models: list[ModelInfo]


class Suggested(Struct, frozen=True):
    """An item of the vocabulary."""

    id: int
    item: str
    count: int | None


class Suggestions(Struct, frozen=True):
    """Items that begin so, then items that hold it; the most frequent first."""

    items: list[Suggested]


class Looked(Struct, frozen=True):
    """A vector for each item; null where the model has nothing to go on."""

    dim: int
    vectors: list[list[float | None] | None]
    kinds: list[str | None]


class Neighbour(Struct, frozen=True):
    """An item and its cosine (of "mul": its score)."""

    item: str
    id: int
    score: float


class Neighbours(Struct, frozen=True):
    """Neighbours, the nearest first."""

    neighbours: list[Neighbour]


class Near(Struct, frozen=True):
    """The neighbours of one query; `item` and `kind` are null where a vector was given."""

    item: str | None
    kind: str | None
    neighbours: list[Neighbour]


class Nearest(Struct, frozen=True):
    """A result for each query; null where the model has nothing to go on."""

    results: list[Near | None]


class Scored(Struct, frozen=True):
    """An item and its cosine with the mean of all."""

    item: str
    score: float


class Odd(Struct, frozen=True):
    """The item least like the mean of them all."""

    odd: str
    scores: list[Scored]


class Similarities(Struct, frozen=True):
    """A cosine for each pair; null where the model has nothing to go on."""

    scores: list[float | None]


class Compared(Struct, frozen=True):
    """Neighbours in each model (null where it does not know the item), those in all of them, and
    how many those are of all that are in any: Jaccard's index."""

    neighbours: dict[str, list[Neighbour] | None]
    shared: list[str]
    overlap: float


class Label(Struct, frozen=True):
    """A label and its probability."""

    label: str
    probability: float


class Predicted(Struct, frozen=True):
    """The best labels of each text, the likeliest first; none for a text that says nothing."""

    predictions: list[list[Label]]


class Colour(Struct, frozen=True):
    """A value for each point, numbers or texts; null where there is none."""

    name: str
    kind: Literal["number", "category"]
    values: list[float | str | None]


class Shown(Struct, frozen=True):
    """A map: `shown` points, a sample of `of` items by frequency, each list as long as that."""

    method: str
    of: int
    shown: int
    shares: list[float] | None
    ids: list[int]
    items: list[str]
    x: list[float]
    y: list[float]
    counts: list[int] | None
    colour: Colour | None


class Fault(Struct, frozen=True, omit_defaults=True):
    """Why there is no answer. `field`: where in the request, as `$.items[3]`."""

    message: str
    request: str
    field: str = ""
    hint: str = ""


class Failed(Struct, frozen=True):
    """The reply of every status from 400 on."""

    error: Fault
