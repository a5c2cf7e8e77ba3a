"""The cache bounded in bytes, and the folder of what can be made anew."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kg.cache import ByteCache
from kg.cache_folder import CacheFolder


def test_the_least_recently_used_goes_first() -> None:
    cache: ByteCache[bytes] = ByteCache(10)
    cache.put("a", b"12345")
    cache.put("b", b"12345")
    assert cache.get("a") == b"12345"
    cache.put("c", b"1")
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("c")) == (b"12345", b"1")


def test_what_is_too_large_is_not_kept_and_replaces_what_was() -> None:
    cache: ByteCache[bytes] = ByteCache(3)
    cache.put("a", b"12")
    cache.put("a", b"1234")
    assert cache.get("a") is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12))))
def test_no_more_is_kept_than_the_limit(puts: list[tuple[int, int]]) -> None:
    """And what is kept under a key is the last thing put there."""
    cache: ByteCache[bytes] = ByteCache(20)
    last: dict[int, int] = {}
    for key, size in puts:
        cache.put(key, bytes(size))
        last[key] = size
        kept = {each: found for each in last if (found := cache.get(each)) is not None}
        assert sum(map(len, kept.values())) <= 20
        assert all(len(found) == last[each] for each, found in kept.items())


def test_a_folder_that_cannot_be_made_is_replaced_by_one_that_goes_with_the_program(
    tmp_path: Path,
) -> None:
    given, taken = tmp_path / "cache", tmp_path / "file"
    taken.touch()
    assert CacheFolder(given).path(shared=True) == given
    for impossible in (taken / "cache", None):
        folder = CacheFolder(impossible)
        own = folder.path(shared=True)
        assert own.is_dir()
        assert folder.path(shared=False) == own
        del folder
        assert not own.exists()
