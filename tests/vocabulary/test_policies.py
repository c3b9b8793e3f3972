"""Policies by name, their settings, and their data form."""

import pytest

from rowspace.errors import InputError
from rowspace.vocabulary import POLICIES, Exact, Hashed, Quotient, Subwords, policy, policy_from


def test_names() -> None:
    assert {name: kind.name for name, kind in POLICIES.items()} == {name: name for name in POLICIES}
    assert policy("exact") == Exact()
    assert policy("hashed", {"buckets": 5}) == Hashed(5)
    assert policy(Subwords()) == Subwords()


@pytest.mark.parametrize(
    "unseen", [Exact("u"), Hashed(9, 3), Subwords(2, 5, 10), Quotient(4, "u"), Quotient()], ids=repr
)
def test_round_trip(unseen) -> None:
    assert policy_from(unseen.config()) == unseen
    assert unseen.config()["name"] == unseen.name


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: policy("subword"), "did you mean 'subwords'"),
        (lambda: policy("subwords", {"min": 3}), "no setting 'min'; it has minn, maxn, buckets"),
        (lambda: policy("hashed"), "buckets"),
        (lambda: policy_from({}), "must hold its name"),
        (lambda: policy_from(None), "must hold its name"),  # type: ignore[arg-type]
        (lambda: Hashed(0), "Hashed.buckets must lie between 1 and"),
        (lambda: Hashed(2.0), "Hashed.buckets must be a whole number"),  # type: ignore[arg-type]
        (lambda: Hashed(True), "Hashed.buckets must be a whole number"),
        (lambda: Hashed(9, 0), "Hashed.hashes must lie between 1 and 16, not 0"),
        (lambda: Subwords(6, 3), "minn must not exceed maxn, but 6 > 3"),
        (lambda: Subwords(-1, 3), "Subwords.minn"),
        (lambda: Subwords(3, 6, 0), "Subwords.buckets"),
        (lambda: Quotient(0), "Quotient.buckets"),
        (lambda: Exact(""), "Exact.unknown must be an item"),
        (lambda: Quotient(unknown=3), "Quotient.unknown"),  # type: ignore[arg-type]
    ],
)
def test_refuses(make, said) -> None:
    with pytest.raises(InputError) as raised:
        make()
    assert said in str(raised.value)
