"""What the organisation of the demonstration programme has settled: a whole safeguarding procedure, and support lines.
Neither the people nor the numbers exist."""

from phonein.safeguarding import procedure, support
from phonein.safeguarding.support import SupportLine

PROCEDURE = {
    "lead_name": "Nadia Okonjo",
    "lead_contact": "020 7946 0140, on weekdays from 8:30 to 17:30.\n"
    "Outside these hours the duty governor: 020 7946 0141.",
    "escalation": "1. The reviewer reads it, and writes back under the receipt where help can be had.\n"
    "2. Where somebody may be at risk, the reviewer calls Nadia on the same day.\n"
    "3. Nadia decides whether a notice goes on the page of the phone-in, and whom else to tell.\n"
    "Nobody can find out who wrote it, and nobody tries.",
    "official_routes": "Wrongdoing and corruption: the integrity line, 020 7946 0142.\n"
    "Bullying, harassment, discrimination: the harassment unit, 020 7946 0143.\n"
    "A child or an adult at risk: the safeguarding team of your site, or your local authority.",
    "hours": "MO 09:00-17:00\nTU 09:00-17:00\nWE 09:00-17:00\nTH 09:00-17:00\nFR 09:00-16:00\n"
    "not on bank holidays england-and-wales",
    "zone_name": "Europe/London",
    "target_hours": 4,
}
SUPPORT = [
    SupportLine("Employee helpline", "020 7946 0144", "day and night, every day"),
    SupportLine("Care team of your site", "through the switchboard", "at every hour"),
    SupportLine("Trauma support (TRiM)", "020 7946 0145", "weekdays from 8 to 18"),
    SupportLine("Reflective sessions", "book on the intranet, no reason is asked"),
]


def settle() -> None:
    """Once: what is there already stays."""
    if procedure.newest() is None:
        procedure.keep(PROCEDURE, after=0)
    if not support.is_checked():
        support.keep(SUPPORT, after=0)
