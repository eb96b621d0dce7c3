"""What every form shares: the CSRF token, trimmed and safe text, dates that know their zone."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

# Fields that nobody typed, so nobody needs to see them again when a page cannot be shown.
NOT_TYPED = {"csrf_token", "file_name", "file_content"}
# Control characters, lone surrogates and the invisible marks that turn text around or hide it.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


class Form(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A form of the known side. (The anonymous door has none of this: it reads no cookie.)"""

    class Meta:
        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Field:
            if issubclass(unbound.field_class, FieldList | FormField):  # what is within them is trimmed there
                return unbound.bind(form=form, **options)
            filters = [*unbound.kwargs.get("filters", ()), trimmed]
            return unbound.bind(form=form, filters=filters, **{k: v for k, v in options.items() if k != "filters"})


def a_person(value: str | int | None) -> int | None:
    """The number of whoever is chosen; None for nobody."""
    return int(value) if value else None


def trimmed(value: Any) -> Any:
    """Text in one shape: composed (NFC), one kind of line end, no blanks at the ends."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def unsafe_in(text: str) -> str | None:
    """The first character that we do not take, or None."""
    found = _UNSAFE.search(text)
    return found.group() if found else None


def flat_fields() -> MultiDict[str, str]:
    """What was posted, in one shape: a plain form's fields, or those of one flat JSON object of the same names.

    A form sends half a character (a lone surrogate) as the sign for what cannot be shown, and a script sends it as it
    is: here both are that sign. Aborts with 400 where it is not such an object.
    """
    if not request.is_json:
        return request.form
    try:
        sent = request.get_json()
    except RecursionError:  # brackets without end
        abort(400)
    if not isinstance(sent, dict) or not all(isinstance(words, str) for words in sent.values()):
        abort(400)
    whole = {name: words.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for name, words in sent.items()}
    return MultiDict(whole)


def choices(words: Mapping[Any, str]) -> list[SelectChoice]:
    """Choices of a field: what is kept, and the words for it."""
    return [SelectChoice(value, label) for value, label in words.items()]


class Filled:
    """Refuses an empty field, once the blanks around it are gone, with `words` that say what to do."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None or field.data == "" or field.data == []:
            field.errors[:] = []
            raise StopValidation(self.words)


class PlainText:
    """Refuses what cannot be shown, and more than `most` characters (or four times that in bytes)."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Any, field: Field) -> None:
        text = field.data or ""
        if unsafe_in(text):
            raise ValidationError("Take out the invisible or control characters, for example by typing the text again")
        if len(text) > self.most:
            raise ValidationError(f"Use {self.most:,} characters or fewer: this has {len(text):,}")


class OneLine(PlainText):
    """Plain text on one line, as it may stand in a title or a letter's subject."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if "\n" in (field.data or "") or "\t" in (field.data or ""):
            raise ValidationError("Write this on one line")
