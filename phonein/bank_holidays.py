"""The bank holidays of each part of the kingdom: the official list, as it came with the installed library."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from phonein import formats

REGIONS = {
    "england-and-wales": "England and Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}


@cache
def names(region: str) -> Mapping[date, str]:
    """Each known bank holiday of this region and what it is called; none where no region is meant."""
    if region not in REGIONS:
        return {}
    # Not at the top: the library brings along an HTTP client, which we never use and start-up need not wait for.
    from govuk_bank_holidays.bank_holidays import BankHolidays

    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=region)
    return {one["date"]: one["title"] for one in listed}


def known_until(region: str) -> date:
    """The last bank holiday that has been announced; what comes after it nobody knows yet."""
    return max(names(region))


def source(region: str) -> str:
    """Official list, known until 26 December 2028"""
    return f"Official list, known until {formats.day_of_year(known_until(region))}"
