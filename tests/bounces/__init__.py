"""Letters that came back, as mail servers send them, in `corpus/`: written by us after what is known of each program,
nobody's real mail. `@OURS@` is the Message-ID of the letter it is about, `@ENVELOPE@` its envelope's name."""

from pathlib import Path

from tests.replies import ENCODED, ENCODINGS

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(file.stem for file in CORPUS.glob("*.eml"))
OURS = "<0123456789abcdef0123456789abcdef@service.example>"


def bounce(name: str, of: str = OURS) -> bytes:
    """One message of the corpus, about the letter with this Message-ID."""
    text = (CORPUS / f"{name}.eml").read_text("utf-8")
    filled = {"OURS": of, "ENVELOPE": of.strip("<>"), "SAM": "sam@example.org", "SERVICE": "phone-in@service.example"}
    for key, value in filled.items():
        text = text.replace(f"@{key}@", value)
    written = text.replace("\n", "\r\n").encode()
    return ENCODED.sub(lambda found: ENCODINGS[found[1].decode()](found[2]), written)


def with_a_large_letter(name: str, of: str = OURS) -> bytes:
    """The same, bringing back a letter of a third of a megabyte."""
    return bounce(name, of) + b"\r\n" + b"A line of the letter that is sent back whole.\r\n" * 8_000
