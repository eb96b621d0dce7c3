"""The shape of what is typed when signing in."""

from wtforms import EmailField, Field, StringField, ValidationError

from phonein.forms import Filled, Form, OneLine
from phonein.identity.addresses import fault_in_address


def an_address(form: Form, field: Field) -> None:
    if fault := fault_in_address(field.data or ""):
        raise ValidationError(f"Enter an e-mail address, like name@example.org: {fault}")


class SignInForm(Form):
    email = EmailField(
        "Your work e-mail address",
        validators=[Filled("Enter your e-mail address"), OneLine(254), an_address],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )


class CodeForm(Form):
    code = StringField(
        "Code from the letter",
        description="Eight letters and digits, like ABCD-2345",
        validators=[Filled("Enter the code from the letter"), OneLine(20)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false"},
    )


class NoForm(Form):
    """A button: nothing but the token that proves it was pressed on our page."""
