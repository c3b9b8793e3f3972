"""The threads: all of the work is done, by however many, and what goes wrong is told."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.table import get_threads, set_threads
from rowspace.threads import spread


@pytest.fixture(autouse=True, params=[1, 2, 5])
def count(request):
    before = get_threads()
    set_threads(request.param)
    yield request.param
    set_threads(before)


@pytest.mark.parametrize("size", [0, 1, 7, 1000])
@pytest.mark.parametrize("grain", [0, 1, 10, 10_000])
def test_every_place_is_worked_on_once(size, grain):
    seen = np.zeros(size, int)

    def work(first, last):
        seen[first:last] += 1

    for _ in range(5):
        spread(work, size, grain)
    assert (seen == 5).all()


def test_an_error_in_any_thread_is_raised_where_it_was_called(count):
    for at in (0, 50, 99):

        def work(first, last, at=at):
            if first <= at < last:
                raise KeyError(at)

        with pytest.raises(KeyError, match=str(at)):
            spread(work, 100, 1)
    done = []
    spread(lambda first, last: done.extend(range(first, last)), 100, 1)  # and all goes on
    assert sorted(done) == list(range(100))


def test_work_may_give_work():
    seen, lock = [], threading.Lock()

    def inner(first, last):
        with lock:
            seen.extend(range(first, last))

    def middle(first, last):
        for _ in range(first, last):
            spread(inner, 20, 1)

    def outer(first, last):
        for _ in range(first, last):
            spread(middle, 4, 1)

    spread(outer, 6, 1)
    assert len(seen) == 20 * 4 * 6 and set(seen) == set(range(20))


def test_several_threads_at_once():
    found = [np.zeros(400, int) for _ in range(6)]

    def use(own):
        def work(first, last):
            own[first:last] += 1

        for _ in range(100):
            spread(work, 400, 1)

    threads = [threading.Thread(target=use, args=(own,)) for own in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((own == 100).all() for own in found)


def test_the_work_shares_out_over_threads(count):
    both = threading.Barrier(min(count, 2), timeout=200)
    spread(lambda first, last: both.wait(), 2 * 4, 4)  # 2 ranges: each waits for the other
    names = set()
    spread(lambda first, last: names.add(threading.current_thread().name), 4, 4)
    assert names == {threading.current_thread().name}, "little work stays where it is"


def test_nothing_is_held_on_to_when_it_is_done():
    class Large:
        pass

    large = Large()
    gone = weakref.ref(large)
    spread(lambda first, last, large=large: None, 100, 1)
    del large
    for _ in range(5000):  # until the threads have let go of it, however busy the machine
        gc.collect()
        if gone() is None:
            break
        threading.Event().wait(0.02)
    assert gone() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(count):
    spread(lambda first, last: None, 100, 1)  # the parent's are there
    child = os.fork()
    if child == 0:  # no assertion here may reach pytest
        seen = np.zeros(100, int)

        def work(first, last):
            seen[first:last] += 1

        spread(work, 100, 1)
        os._exit(0 if (seen == 1).all() and get_threads() == count else 1)
    for _ in range(10_000):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        threading.Event().wait(0.02)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        pytest.fail("the child waits for threads it has not")
    assert status == 0


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "2", None, 10**6])
def test_numbers_of_threads_that_cannot_be(wrong, count):
    with pytest.raises(SettingError, match="threads must be from 1"):
        set_threads(wrong)
    assert get_threads() == count
