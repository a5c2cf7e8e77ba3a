"""The cache bounded in bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.cache import ByteCache


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
