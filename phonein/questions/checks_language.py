"""Which language a question is in, as far as the words offered for it go: English or Welsh."""

from collections.abc import Sequence

from phonein.questions.checks_seen import Seen
from phonein.questions.checks_words import words

_WELSH = words(
    "yn y yr yw ydi ydy mae mae'n dw dwi i'n oes oedd wedi ac efo gyda ar am ei eu ein ni fi fy sut"
    " pam beth pwy sy sydd dim ddim ond hefyd fel hyn hynny chi gan wrth dros cael gwaith rhywun os"
    " bod fod"
)


def of(seen: Seen) -> str:
    return of_words([token.word for token in seen.tokens])


def of_words(words: Sequence[str]) -> str:
    """ "cy", where every fifth word is one that only Welsh has; else "en". The words in small letters."""
    return "cy" if sum(word in _WELSH for word in words) * 5 > len(words) else "en"
