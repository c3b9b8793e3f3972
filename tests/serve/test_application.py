"""The JSON interface, address by address."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tests.serve.asking import WORDS, made, subwords

from rowspace import serve
from rowspace.errors import InputError, MissingExtraError
from rowspace.vectors import Head, Model
from rowspace.vectors.maps import Map, with_map
from rowspace.vectors.maps import made as drawn
from rowspace.vocabulary import Vocabulary


def near(pairs):
    return [(one["item"], pytest.approx(one["score"], abs=1e-6)) for one in pairs]


def test_models_are_listed(client):
    ask = client({"words": made(), "Wörter / 2": subwords(), "words ": made()})
    found = ask("/api/models").json["models"]
    assert [one["id"] for one in found] == ["words", "W-rter-2", "words-2"]
    assert found[0] == {
        "id": "words", "name": "words", "items": len(WORDS), "dim": 6, "unseen": "exact",
        "has_counts": True, "labels": False, "columns": ["norm", "count"], "maps": ["pca"],
    }  # fmt: skip
    assert found[1]["unseen"] == "subwords" and found[1]["name"] == "Wörter / 2"


def test_items_are_found_while_typing(client):
    ask = client()
    found = ask("/api/models/words/items?prefix=KIN&k=10").json["items"]
    assert [one["item"] for one in found] == ["king", "Kind", "kinks", "stocking"]
    assert found[0]["id"] == 1 and found[0]["count"] == 1 << 39
    assert [one["id"] for one in ask("/api/models/words/items?k=3").json["items"]] == [0, 1, 2]
    assert ask("/api/models/words/items?prefix=zzz").json["items"] == []


def test_vectors_of_items_and_ids(client):
    model = made()
    found = client({"words": model})("/api/models/words/vectors", {"items": ["king", 2, "none"]})
    assert found.json["dim"] == 6 and found.json["kinds"] == ["known", "known", None]
    rows = found.json["vectors"]
    assert np.array_equal(np.float32(rows[:2]), model.vectors[[1, 2]]) and rows[2] is None


def test_vectors_of_unseen_items(client):
    model = subwords()
    found = client({"m": model})("/api/models/m/vectors", {"items": ["kings", "king"]}).json
    assert found["kinds"] == [model.vectors.answer("kings").kind, "known"]
    assert np.float32(found["vectors"][0]) == pytest.approx(model.vectors["kings"])


def test_nearest_is_what_the_vectors_answer(client):
    model = made()
    ask = client({"words": model})
    reply = ask("/api/models/words/nearest", {"items": ["king", "none", 3], "k": 4}).json["results"]
    assert reply[1] is None
    assert near(reply[0]["neighbours"]) == model.vectors.nearest("king", 4)
    assert reply[0]["item"] == "king" and reply[0]["kind"] == "known"
    assert near(reply[2]["neighbours"]) == model.vectors.nearest(3, 4) and reply[2]["item"] == "man"
    vector = [1.0, 2, 3, 4, 5, 6]
    reply = ask("/api/models/words/nearest", {"vectors": [vector], "k": 3, "first": 4}).json
    assert reply["results"][0]["item"] is None
    assert near(reply["results"][0]["neighbours"]) == model.vectors.nearest(vector, 3, first=4)


def test_nearest_of_many_comes_in_order(client):
    model = subwords()
    items = [*WORDS, "kings", "queens"] * 20
    reply = client({"m": model})("/api/models/m/nearest", {"items": items, "k": 2}).json["results"]
    assert [one["item"] for one in reply] == items
    assert near(reply[-2]["neighbours"]) == model.vectors.nearest("kings", 2)


@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogies(client, method):
    model = made()
    asked = {"positive": ["king", "woman"], "negative": ["man"], "k": 3, "method": method}
    found = client({"words": model})("/api/models/words/analogy", asked).json["neighbours"]
    wanted = model.vectors.combine(["king", "woman"], ["man"], 3, method=method)
    assert near(found) == wanted and found[0]["id"] == model.vectors.vocabulary.id(wanted[0][0])


def test_the_odd_one_out(client):
    model = made()
    found = client({"words": model})("/api/models/words/odd", {"items": ["king", 2, "dog"]}).json
    assert found["odd"] == model.vectors.odd_one_out(["king", "queen", "dog"])
    assert [one["item"] for one in found["scores"]] == ["king", "queen", "dog"]
    assert min(found["scores"], key=lambda one: one["score"])["item"] == found["odd"]


def test_similarities(client):
    model = made()
    pairs = [["king", "queen"], ["none", "king"], [0, "cat"]]
    found = client({"words": model})("/api/models/words/similarity", {"pairs": pairs}).json[
        "scores"
    ]
    assert found[0] == pytest.approx(model.vectors.similarity("king", "queen")) and found[1] is None
    assert found[2] == pytest.approx(model.vectors.similarity(0, "cat"))


def test_two_models_compared(client):
    one, two = made(), made(seed=1)
    ask = client({"a": one, "b": two})
    found = ask("/api/compare", {"models": ["a", "b"], "item": "king", "k": 4}).json
    first, second = ([item for item, _ in m.vectors.nearest("king", 4)] for m in (one, two))
    assert [n["item"] for n in found["neighbours"]["a"]] == first
    both = set(first) & set(second)
    assert found["shared"] == [item for item in first if item in both]
    assert found["overlap"] == pytest.approx(len(both) / len(set(first) | set(second)))


def test_a_model_that_does_not_know_the_item(client):
    ask = client({"a": made(), "b": made(["x", "y"])})
    found = ask("/api/compare", {"models": ["a", "b"], "item": "king"}).json
    assert found["neighbours"]["b"] is None and found["shared"] == [] and found["overlap"] == 0
    none = ask("/api/compare", {"models": ["a", "b"], "item": "kong"})
    assert none.status == 422 and none.error["field"] == "$.item"
    twice = ask("/api/compare", {"models": ["a", "a"], "item": "king"})
    assert twice.status == 422 and twice.error["field"] == "$.models[1]"
    other = ask("/api/compare", {"models": ["a", "c"], "item": "king"})
    assert other.status == 404 and other.error["field"] == "$.models[1]"


def labelled() -> Model:
    words = made()
    weights = np.random.default_rng(3).standard_normal((2, 6)).astype(np.float32)
    head = Head(Vocabulary.of(["good", "bad"]), weights, "softmax")
    return Model(words.vectors, head=head)


def test_labels_of_texts(client):
    model = labelled()
    ask = client({"m": model})
    assert ask("/api/models").json["models"][0]["labels"] is True
    found = ask("/api/models/m/predict", {"texts": ["king dog", "?"], "k": 2}).json["predictions"]
    wanted = model.predict(["king dog", "?"], 2)
    assert [[(p["label"], pytest.approx(p["probability"])) for p in one] for one in found] == wanted
    assert client()("/api/models/words/predict", {"texts": ["a"]}).status == 404


def test_a_map_with_its_sample(client):
    model = made([f"w{n}" for n in range(40)])
    found = client({"m": model})("/api/models/m/map?points=25&colour=count").json
    assert found["of"] == 40 and found["shown"] == 25 and found["method"] == "pca"
    assert len({len(found[name]) for name in ("ids", "items", "x", "y", "counts")}) == 1
    wanted = drawn(model.vectors, "pca", 25)
    assert found["ids"] == wanted.ids.tolist() and found["shares"] == pytest.approx(wanted.shares)
    assert found["items"] == [model.vectors.vocabulary.item(id) for id in found["ids"]]
    points = np.array([found["x"], found["y"]]).T
    assert points == pytest.approx(wanted.points, abs=1e-4)
    assert found["colour"]["kind"] == "number" and found["colour"]["values"] == found["counts"]
    norm = client({"m": model})("/api/models/m/map?colour=norm").json["colour"]["values"]
    assert norm == pytest.approx(np.linalg.norm(model.vectors.matrix, axis=1))


def test_a_stored_map_is_the_one_shown(client):
    model = made()
    points = np.arange(8, dtype=np.float32).reshape(4, 2) * 100
    stored = Map(np.array([0, 2, 4, 6]), points, "umap", len(WORDS))
    ask = client({"m": with_map(model, stored), "n": model})
    assert ask("/api/models").json["models"][0]["maps"] == ["pca", "umap"]
    found = ask("/api/models/m/map?method=umap").json
    assert found["ids"] == [0, 2, 4, 6] and found["x"] == points[:, 0].tolist()
    assert found["shares"] is None
    assert ask("/api/models/m/map?method=umap&points=3").json["shown"] == 3
    none = ask("/api/models/n/map?method=umap")
    assert (
        none.status == 404
        and none.error["field"] == "method"
        and "rowspace map" in none.error["hint"]
    )


def test_columns_give_colour(client, tmp_path):
    path = tmp_path / "topics.csv"
    path.write_text("item,topic,weight\nking,<b>royal</b>,1.5\nqueen,,\nnobody,x,3\n")
    ask = client(columns=path)
    assert ask("/api/models").json["models"][0]["columns"] == ["norm", "count", "topic", "weight"]
    found = ask("/api/models/words/map?colour=topic").json
    colour = dict(zip(found["items"], found["colour"]["values"], strict=True))
    assert found["colour"]["kind"] == "category"
    assert colour["king"] == "<b>royal</b>" and colour["queen"] is None and colour["dog"] is None
    found = ask("/api/models/words/map?colour=weight").json["colour"]
    assert found["kind"] == "number" and found["values"][1] == 1.5 and found["values"][2] is None
    none = ask("/api/models/words/map?colour=size")
    assert none.status == 404 and none.error["field"] == "colour"


@pytest.mark.parametrize(
    "text", ["item\nking\n", "item,a\n" + "".join(f"w{n},t{n}\n" for n in range(1001))]
)
def test_columns_that_give_no_colour_are_refused(text, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(InputError, match="column"):
        serve.app({"m": made()}, columns=path)


def test_items_as_a_file(client):
    model = made()
    ask = client({"m": model})
    found = ask("/api/models/m/export", {"ids": [1, 3]})
    assert found.headers["content-type"].startswith("text/csv")
    assert found.headers["content-disposition"] == 'attachment; filename="rowspace.csv"'
    assert found.body.decode().splitlines() == [
        "item,id,count",
        f"king,1,{1 << 39}",
        f"man,3,{1 << 37}",
    ]
    found = ask(
        "/api/models/m/export", {"items": ["cat", "none"], "format": "tsv", "vectors": True}
    )
    lines = [line.split("\t") for line in found.body.decode().splitlines()]
    assert lines[0][:4] == ["item", "id", "count", "d0"] and len(lines) == 2
    assert np.float32(lines[1][3:]) == pytest.approx(model.vectors["cat"])
    found = ask("/api/models/m/export", {"ids": [1], "format": "json", "vectors": True}).json
    assert found["items"][0]["item"] == "king" and len(found["items"][0]["vector"]) == 6


def test_the_page_and_its_files(client):
    from rowspace.serve.page_files import FILES

    ask = client()
    page = ask("/")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    assert "index.html" in FILES
    for name in FILES:
        assert ask(f"/static/{name}").status == 200
    assert ask("/static/page.py").status == 404 and ask("/static/").status == 404


def test_alive_and_ready(client):
    ask = client()
    assert ask("/healthz").json == {"alive": True}
    assert ask("/readyz").json == {"ready": True, "models": 1, "stale": 0, "why": {}}


def test_what_is_not_there(client):
    ask = client()
    assert ask("/api/nothing").status == 404 and ask("/nothing").error["hint"]
    assert ask("/api/models", method="DELETE").status == 405
    reply = ask("/api/models/words/nearest")
    assert reply.status == 405 and reply.headers["allow"] == "POST" and reply.error


def test_a_model_of_parts_serves_its_parts(client):
    model = Model(None, parts={"users": made(), "items": made()})
    found = client({"m": model})("/api/models").json["models"]
    assert [one["id"] for one in found] == ["m-users", "m-items"]
    assert [one["name"] for one in found] == ["m/users", "m/items"]


def test_what_cannot_be_served_is_refused(tmp_path):
    with pytest.raises(InputError, match="no model"):
        serve.app({})
    with pytest.raises(InputError, match="no vectors"):
        serve.app({"m": Model(None, arrays={"a": np.ones(2)})})
    with pytest.raises(InputError, match="no items"):
        serve.app({"m": made([])})


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(MissingExtraError, match="explore"):
        serve.app({"m": made()})


def test_items_that_are_not_utf8_are_shown_and_asked_by_id(client):
    ask = client({"m": made([b"\xff\xfe", "b", "c"])})
    found = ask("/api/models/m/nearest", {"items": [0, "b"], "k": 2}).json["results"]
    assert found[0]["item"] == "\\xff\\xfe"
    assert {one["item"] for one in found[1]["neighbours"]} == {"\\xff\\xfe", "c"}
    assert ask("/api/models/m/map").json["items"] == ["\\xff\\xfe", "b", "c"]
    assert ask("/api/models/m/export", {"ids": [0]}).status == 200


def test_a_fault_of_ours_shows_nothing(client, monkeypatch, caplog):
    from rowspace.serve.served import Served

    def broken(self):
        raise RuntimeError("secret")

    ask = client()
    monkeypatch.setattr(Served, "info", broken)
    reply = ask("/api/models")
    assert reply.status == 500 and b"secret" not in reply.body and b"Error" not in reply.body
    assert reply.error and isinstance(ask.fault, RuntimeError)  # goes on to the server's log
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert reply.headers["x-request-id"] in caplog.text and "secret" not in caplog.text
