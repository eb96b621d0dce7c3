"""What can become of a message to the service's mailbox. Each has a word, and a sentence for the admin's page."""

from enum import Enum


class Outcome(Enum):
    """The word is what is kept and what `phonein reply` prints. `needs_eye`: no program could decide."""

    word: str
    said: str
    needs_eye: bool

    def __new__(cls, word: str, said: str, needs_eye: bool = False) -> "Outcome":
        outcome = object.__new__(cls)
        outcome._value_, outcome.word, outcome.said, outcome.needs_eye = word, word, said, needs_eye
        return outcome

    @classmethod
    def of(cls, word: str) -> "Outcome":
        return next(outcome for outcome in cls if outcome.word == word)

    GIVEN_BACK = "given-back", "The person declined, and the seat was given back"
    ACCEPTED = "accepted", "The person said yes"
    TENTATIVE = "tentative", "The person said perhaps, and keeps the seat"
    PASSED_ON = "passed-on", "The person passed the seat on to somebody; it was given back"
    BOOKED_AGAIN = "booked-again", "The person said yes after all, and has a seat again"
    NONE_LEFT = "none-left", "The person said yes after all, but every seat is taken; they were told"
    HAD_NO_SEAT = "had-no-seat", "The person said yes to a seat they no longer have; they were told how to book again"
    OLD_TIME = "old-time", "The person declined the time before it was moved; they were asked about the new one"
    OLD_ANSWER = "old-answer", "The person answered the time before it was moved; the new one is on its way to them"
    OTHER_TIME = "other-time", "The person proposed another time, and was told that it is for all"
    SENT_AGAIN = "sent-again", "The person's calendar asked for the invitation, and got it again, once that day"
    FORWARDED = "forwarded", "Somebody who has no seat answered a forwarded invitation; those who lead it were told"
    REPEATED = "repeated", "The same answer once more"
    OVERTAKEN = "overtaken", "An answer older than one that had come already"
    NOTHING_SAID = "nothing-said", "A reply that says neither yes nor no"
    TOO_LATE = "too-late", "An answer that came after the phone-in had begun"
    NO_LONGER_ON = "no-longer-on", "An answer about a phone-in that was cancelled"
    NO_SEAT = "no-seat", "An answer about a seat that had been given back already"
    AUTOMATIC = "automatic", "An automatic answer without a calendar part, such as an absence note"
    BOUNCED = "bounced", "A letter came back: the page “Letters” shows which"
    BOUNCED_UNKNOWN = "bounced-unknown", "Something came back that is none of our letters, or does not say which"
    DELAYED = "delayed", "A mail server said that a letter is late and that it goes on trying"

    FROM_ANOTHER = "from-another", "Sent from another address than the one that is booked; nothing was changed", True
    NOT_PROVED = "not-proved", "The mail server says that the sender is not who it claims to be", True
    IN_THEIR_NAME = "in-their-name", "Somebody answered in the name of the person who is booked", True
    UNKNOWN_DECLINED = "unknown-declined", "Somebody declined who has no seat, or under another address", True
    OTHER_DATE = "other-date", "About another date than the one that is booked, or one that cannot be read", True
    UNKNOWN_SEAT = "unknown-seat", "About a calendar entry that we do not know", True
    SEVERAL_PEOPLE = "several-people", "An answer for several people at once, or for nobody", True
    CONTRADICTS = "contradicts", "Says two different things about one seat", True
    NO_ORDER = "no-order", "Cannot be put in order with the answer that came before", True
    NO_REPLY = "no-reply", "A calendar entry that is not a reply", True
    WRITTEN = "written", "A mail that somebody wrote, without an answer from a calendar", True
    BROKEN = "broken", "The calendar part cannot be read", True
    TOO_MANY = "too-many", "About more calendar entries than a reply can be", True
    TOO_LARGE = "too-large", "Too large to be read", True
    STUMBLED = "stumbled", "We stumbled over it: a fault of this program", True


NOT_ACTED_ON = (Outcome.FROM_ANOTHER, Outcome.NOT_PROVED, Outcome.IN_THEIR_NAME, Outcome.UNKNOWN_DECLINED)
