"""The shape of what is typed when signing in."""

from email_validator import EmailNotValidError, validate_email
from wtforms import EmailField, Field, StringField, ValidationError
from wtforms.validators import InputRequired

from phonein.forms import Form, OneLine


def an_address(form: Form, field: Field) -> None:
    try:
        validate_email(field.data or "", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError("Enter an e-mail address, like name@example.org") from None


class SignInForm(Form):
    email = EmailField(
        "Your work e-mail address",
        validators=[InputRequired("Enter your e-mail address"), OneLine(254), an_address],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )


class CodeForm(Form):
    code = StringField(
        "Code from the letter",
        description="Eight letters and digits, like ABCD-2345",
        validators=[InputRequired("Enter the code from the letter"), OneLine(20)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false"},
    )


class NoForm(Form):
    """A button: nothing but the token that proves it was pressed on our page."""
