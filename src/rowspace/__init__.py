"""rowspace: an embedding layer, whole. `Y = E[X]`.

    import rowspace as rs

    model = rs.train(rs.SkipGram(dim=100), "corpus.txt", output="model")
    model.vectors.nearest("king")
    rs.load("model").vectors["king"]

Names are resolved when first used: importing rowspace imports nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rowspace.compressing import compress as compress
    from rowspace.errors import DivergedError as DivergedError
    from rowspace.errors import FormatError as FormatError
    from rowspace.errors import InputError as InputError
    from rowspace.errors import MissingExtraError as MissingExtraError
    from rowspace.errors import ResourceError as ResourceError
    from rowspace.errors import RowspaceError as RowspaceError
    from rowspace.errors import SettingError as SettingError
    from rowspace.errors import VocabularyError as VocabularyError
    from rowspace.evaluate import Score as Score
    from rowspace.evaluate import analogies as analogies
    from rowspace.evaluate import similarity as similarity
    from rowspace.evaluate.probe import probe as probe
    from rowspace.files import convert as convert
    from rowspace.files import load as load
    from rowspace.files import save as save
    from rowspace.networks.generating import train_generator as train_generator
    from rowspace.networks.tagging import train_tagger as train_tagger
    from rowspace.networks.translating import train_translator as train_translator
    from rowspace.objectives import CBOW as CBOW
    from rowspace.objectives import GloVe as GloVe
    from rowspace.objectives import SkipGram as SkipGram
    from rowspace.objectives.labels import Labels as Labels
    from rowspace.padding import pad_sequences as pad_sequences
    from rowspace.padding import padding_mask as padding_mask
    from rowspace.padding import sequence_lengths as sequence_lengths
    from rowspace.padding import sequence_mask as sequence_mask
    from rowspace.ragged import Ragged as Ragged
    from rowspace.reports import Report as Report
    from rowspace.reports import report as report
    from rowspace.table import SGD as SGD
    from rowspace.table import Adagrad as Adagrad
    from rowspace.table import Adam as Adam
    from rowspace.table import AdamW as AdamW
    from rowspace.table import RowWiseAdagrad as RowWiseAdagrad
    from rowspace.table import Table as Table
    from rowspace.table import get_threads as get_threads
    from rowspace.table import set_threads as set_threads
    from rowspace.training import EpochEnd as EpochEnd
    from rowspace.training import Interrupted as Interrupted
    from rowspace.training import train as train
    from rowspace.training.autotune import autotune as autotune
    from rowspace.training.classify import train_classifier as train_classifier
    from rowspace.training.recommend import train_recommender as train_recommender
    from rowspace.training.table import train_table as train_table
    from rowspace.training.tune_dimension import tune_dimension as tune_dimension
    from rowspace.training.tune_unseen import tune_unseen as tune_unseen
    from rowspace.vectors import Head as Head
    from rowspace.vectors import Model as Model
    from rowspace.vectors import TextVectors as TextVectors
    from rowspace.vectors import Vectors as Vectors
    from rowspace.vectors import align as align
    from rowspace.vectors import merge as merge
    from rowspace.vectors.prefix import prefix as prefix
    from rowspace.vectors.recommend import Recommender as Recommender
    from rowspace.vocabulary import Exact as Exact
    from rowspace.vocabulary import Hashed as Hashed
    from rowspace.vocabulary import Phrases as Phrases
    from rowspace.vocabulary import Quotient as Quotient
    from rowspace.vocabulary import Subwords as Subwords
    from rowspace.vocabulary import Vocabulary as Vocabulary

__version__ = "0.1.0"

_WHERE = {
    "errors": "DivergedError FormatError InputError MissingExtraError ResourceError RowspaceError "
    "SettingError VocabularyError",
    "evaluate": "Score analogies similarity",
    "files": "convert load save",
    "objectives": "CBOW GloVe SkipGram",
    "padding": "pad_sequences padding_mask sequence_lengths sequence_mask",
    "ragged": "Ragged",
    "reports": "Report report",
    "table": "SGD Adagrad Adam AdamW RowWiseAdagrad Table get_threads set_threads",
    "training": "EpochEnd Interrupted train",
    "training.recommend": "train_recommender",
    "training.table": "train_table",
    "training.tune_dimension": "tune_dimension",
    "training.tune_unseen": "tune_unseen",
    "evaluate.probe": "probe",
    "vectors": "Head Model TextVectors Vectors align merge",
    "vectors.prefix": "prefix",
    "vectors.recommend": "Recommender",
    "vocabulary": "Exact Hashed Phrases Quotient Subwords Vocabulary",
}
_WHERE |= {"objectives.labels": "Labels", "training.classify": "train_classifier"}
_WHERE |= {"training.autotune": "autotune", "compressing": "compress"}
_WHERE |= {
    "networks.generating": "train_generator",
    "networks.tagging": "train_tagger",
    "networks.translating": "train_translator",
}
_NAMES = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = sorted(_NAMES)  # noqa: PLE0605 - a test pins it


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'rowspace' has no attribute {name!r}")
    return getattr(import_module(f"rowspace.{_NAMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES})
