"""Invented names, English and Japanese, for actors and places that exist nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_SYLLABLES = {
    "ka": "カ",
    "ri": "リ",
    "to": "ト",
    "ra": "ラ",
    "mi": "ミ",
    "no": "ノ",
    "re": "レ",
    "su": "ス",
    "ha": "ハ",
    "vo": "ヴォ",
    "de": "デ",
    "bo": "ボ",
    "za": "ザ",
    "ne": "ネ",
    "du": "ドゥ",
    "pe": "ペ",
    "go": "ゴ",
    "ma": "マ",
    "si": "シ",
    "fu": "フ",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages, in full and in short, and the slug that it makes."""

    slug: str
    english: str
    japanese: str
    short_english: str
    short_japanese: str

    @property
    def word(self) -> str:
        """What slugs of things about it have of the name."""
        return "".join(filter(str.isalnum, self.short_english.lower()))


class Names:
    """Names that never repeat, the same for the same random numbers."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()

    def person(self) -> Name:
        """A given name and a surname; short, the surname."""
        given, family = self._word(2), self._word(3)
        slug = f"{given[0]}-{family[0]}"
        english = f"{given[0].title()} {family[0].title()}"
        return Name(slug, english, f"{given[1]}・{family[1]}", family[0].title(), family[1])

    def single(self) -> Name:
        """One word, as states and places have."""
        word = self._word(3)
        return Name(word[0], word[0].title(), word[1], word[0].title(), word[1])

    def compound(self, english: str, japanese: str) -> Name:
        """A word before a common noun; short, the word alone."""
        word = self._word(3)
        slug = f"{word[0]}-{english.lower().replace(' ', '-')}"
        title = word[0].title()
        return Name(slug, f"{title} {english}", f"{word[1]}{japanese}", title, word[1])

    def _word(self, length: int) -> tuple[str, str]:
        """A word that was not used before, longer if all that were tried were."""
        for attempt in range(1000):
            chosen = self._random.choices(list(_SYLLABLES), k=length + attempt // 10)
            word = "".join(chosen)
            if word not in self._used or length < 3:
                self._used.add(word)
                return word, "".join(_SYLLABLES[each] for each in chosen)
        raise AssertionError("a thousand words in a row were used")
