"""What is wrong with an e-mail address, in words."""

from email_validator import EmailNotValidError, validate_email

from phonein.identity.import_report import is_unprintable


def fault_in_address(address: str) -> str:
    """What keeps this from being an e-mail address, as the end of a sentence; "" where nothing does."""
    before, _, after = address.partition("@")
    faults = [
        (len(address) > 254, "it is longer than 254 characters"),
        (any(char in "\r\n\v\f\x85\u2028\u2029" for char in address), "it has a line break in it"),
        (any(char.isspace() for char in address), "it has a space in it"),
        (any(is_unprintable(char) for char in address), "it has an invisible character in it"),
        (any(char in ";<>" for char in address), "there must be one plain address and nothing else"),
        (address.count("@") == 0, "it has no @ sign"),
        (address.count("@") == 2, "it has two @ signs"),
        (address.count("@") > 2, "it has more than one @ sign"),
        ("," in address, "there is a comma where a full stop is needed"),
        (not before, "there is nothing before the @ sign"),
        (not after, "there is nothing after the @ sign"),
        (".." in address, "it has two full stops in a row"),
        (address.endswith(".") or address.startswith("."), "it starts or ends with a full stop"),
        ("." not in after, "there is no full stop after the @ sign"),
    ]
    return next((words for is_so, words in faults if is_so), "") or _other_fault(address)


def _other_fault(address: str) -> str:
    try:
        # .test is for tests and demonstrations: nothing is ever delivered there, so it does no harm.
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return "no post could be sent to it"
    return ""
