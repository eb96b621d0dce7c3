"""The shape of a file that an admin brings."""

import base64
import binascii
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, ValidationError

from phonein.forms import Filled, Form, OneLine

LARGEST = 1024 * 1024
LONGEST_NAME = 200


def not_too_large(form: Any, field: Any) -> None:
    if len(form.content) > LARGEST:
        raise ValidationError("Choose a file of 1 MB or less")
    if not form.content:
        raise ValidationError("Choose a file that is not empty")


class FileForm(Form):
    file = FileField(
        "File of series, CSV or JSON",
        description="Up to 1 MB. A spreadsheet saves it as “CSV UTF-8”.",
        validators=[Filled("Choose a file"), not_too_large],
        render_kw={"accept": ".csv,.json,text/csv,application/json"},
    )

    @property
    def content(self) -> bytes:
        self.file.data.stream.seek(0)
        return bytes(self.file.data.stream.read(LARGEST + 1))


class AgainForm(Form):
    """The same file once more, from the page that showed what it would do: between the two we keep nothing."""

    file_name = HiddenField(validators=[OneLine(LONGEST_NAME)])
    file_content = HiddenField(validators=[Filled("Choose the file again")])

    def validate_file_content(self, field: Any) -> None:
        try:
            self.content = base64.b64decode(field.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError("Choose the file again") from error

    @classmethod
    def holding(cls, content: bytes, name: str) -> "AgainForm":
        form = cls(formdata=None)
        form.file_name.data, form.file_content.data = name[-LONGEST_NAME:], base64.b64encode(content).decode()
        return form
