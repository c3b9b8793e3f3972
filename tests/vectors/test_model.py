"""`Model`: a holder whose context is opened when asked for."""

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vectors import Model, Vectors

E = Vectors.random(["a", "b"], 3)


def test_holds() -> None:
    model = Model(E, {"dim": 3}, {"loss": 1.0}, np.ones((2, 3), np.float32))
    assert model.vectors is E and model.config == {"dim": 3} and model.record == {"loss": 1.0}
    assert model.context is not None and model.context.shape == (2, 3)
    assert Model(E).context is None and Model(E).config == {} == Model(E).record
    assert "2 items" in repr(model)
    with pytest.raises(AttributeError):
        model.vectors = E  # type: ignore[misc]


def test_context_is_opened_once_and_late() -> None:
    opened = []

    def context() -> np.ndarray:
        opened.append(1)
        return np.zeros((2, 3), np.float32)

    model = Model(E, context=context)
    assert not opened
    assert model.context is model.context and opened == [1]


def test_context_of_other_items() -> None:
    with pytest.raises(InputError, match="3 context rows do not go with 2 items"):
        Model(E, context=np.zeros((3, 3), np.float32)).context
