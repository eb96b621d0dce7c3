"""The shape of what a safeguarding reviewer types."""

from wtforms import RadioField, TextAreaField

from phonein.forms import Filled, Form, PlainText, choices

OUTCOMES = {
    "read": "The reviewer has read it",
    "replied": "The reviewer has written back",
    "route": "Another route is the right one: see what the reviewer wrote",
}
# The same for the log, which has a few more that are said to nobody but those who look after it.
LOG = {
    "read": "read, nothing more to do",
    "replied": "written back",
    "route": "pointed to an official route",
    "desk": "passed on to the desk",
    "cleared": "looked at, may be used",
}


class ReplyForm(Form):
    reply = TextAreaField(
        "Write back",
        description="Read by whoever has the receipt, and by nobody else. Nobody knows who that is, so say "
        "where help can be had, and ask nothing that needs an answer.",
        validators=[Filled("Write what they should read"), PlainText(1500)],
        render_kw={"rows": 5},
    )


class CloseForm(Form):
    outcome = RadioField(
        "What came of it?",
        description="Can be read with the receipt. Nothing of what was written goes with it.",
        choices=choices(OUTCOMES),
        validators=[Filled("Choose what came of it")],
    )
