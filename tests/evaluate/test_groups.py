"""Lists of words in groups, in every form they come in, whole and broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.evaluate.groups import Group, read_categories, read_groups

WORD = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=6)
CATS = Group("cats", ["tiger", "lion"], ["dog", "car's"])


@pytest.mark.parametrize(
    "content",
    [
        "cats: tiger lion | dog car's\n",
        "# of cats\r\n\r\ncats :  tiger  lion|dog\tcar's",
        "\ufeffcats: tiger lion | dog car's",
        ",category,outliers,words\n0,cats,\"['dog', \"\"car's\"\", '']\",\"['tiger', 'lion']\"\n",
        "category,words,outliers\ncats,\"['tiger','lion']\",\"['dog', 'car\\'s']\"\n",
        "category,word,is_outlier\ncats,tiger,false\ncats,lion,0\ncats,dog,true\ncats,car's,1\n",
    ],
)
def test_forms(write, content):
    assert read_groups(write(content, "groups.csv")) == [CATS]


def test_the_8_8_8_list(data):
    groups = read_groups(data / "outlier" / "8-8-8.csv")
    assert len(groups) == 8
    assert all(len(group.words) == len(group.outliers) == 8 for group in groups)
    assert groups[2].name == "Big_cats" and groups[2].words[0] == "tiger"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no groups"),
        ("# nothing\n", "no groups"),
        ("cats: tiger lion dog\n", "line 1: expected 'name: word word"),
        ("tiger lion | dog\n", "line 1: expected"),
        ("cats: tiger | dog\n", "1 words and 1 outliers"),
        ("cats: tiger lion |\n", "2 words and 0 outliers"),
        ("cats: tiger lion | lion\nx: a b | c\ncats: lion q | z\n", "line 3: 'lion' stands in"),
        ("category,words,outliers\ncats,tiger lion,['dog']\n", "line 2: a list of words"),
        ("category,words,outliers\ncats,\"['a' 'b']\",['dog']\n", "line 2: a list of words"),
        ("category,words,outliers\ncats,['a']\n", "line 2: 3 columns were wanted, not 2"),
        ("category,words\ncats,\"['a']\"\n", "no column 'outliers'"),
        ("category,word,is_outlier\ncats,a,perhaps\n", "line 2: is_outlier is true or false"),
        (b"cats: tiger l\xffon | dog\n", "line 1: not UTF-8 at byte"),
    ],
)
def test_broken_groups(write, content, told):
    with pytest.raises(InputError) as caught:
        read_groups(write(content))
    assert told in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        "animal cat\nanimal dog\nplant tree\n",
        "animal\tcat\nanimal\tdog\nplant\ttree",
        ",category,word\n0,animal,cat\n1,animal,dog\n2,plant,tree\n3,plant,\n",
    ],
)
def test_categories(write, content):
    found = read_categories(write(content))
    assert found.words == ["cat", "dog", "tree"]
    assert found.names == ["animal", "plant"] and found.category.tolist() == [0, 0, 1]


def test_the_list_of_ap(data):
    found = read_categories(data / "categorisation" / "ap.csv")
    assert (len(found.words), len(found.names)) == (402, 21)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "at least 2, not 0"),
        ("a b\na c\n", "at least 2, not 1"),
        ("a b\nb c d\n", "line 2: expected a category and a word"),
        ("category,word\na,b,c\n", "line 2: 2 columns were wanted"),
    ],
)
def test_broken_categories(write, content, told):
    with pytest.raises(InputError) as caught:
        read_categories(write(content))
    assert told in caught.value.message


@given(
    st.dictionaries(WORD, st.lists(WORD, min_size=3, max_size=6, unique=True), min_size=1),
    st.booleans(),
)
def test_what_is_written_is_read(tmp_path_factory, groups, lists):
    path = tmp_path_factory.mktemp("groups") / "list.txt"
    wanted = [Group(name, words[:2], words[2:]) for name, words in groups.items()]
    if lists:
        lines = [f'{g.name},"{g.words}","{g.outliers}"' for g in wanted]
        path.write_text("\n".join(["category,words,outliers", *lines]), "utf-8")
    else:
        lines = [f"{g.name}: {' '.join(g.words)} | {' '.join(g.outliers)}" for g in wanted]
        path.write_text("\n".join(lines), "utf-8")
    assert read_groups(path) == wanted


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "list.txt"
    for head in (b"", b"category,words,outliers\n", b"category,word,is_outlier\n"):
        path.write_bytes(head + content)
        for read in (read_groups, read_categories):
            told = "list.txt"
            try:
                read(path)
            except InputError as error:
                told = error.message
            assert "list.txt" in told
