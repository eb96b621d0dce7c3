"""bench/side_channel.py judges how long signing takes, on a quiet machine at night. Here: that it can judge."""

import secrets

from bench import side_channel
from phonein.questions import blind


def test_side_channel_is_seen_by_the_nightly_job_where_nothing_is_blinded():
    private, public = blind.new_key()
    by_lot = [secrets.randbelow(blind.modulus(public)) for _ in range(40)]
    assert abs(side_channel.welch(side_channel.unblinded(private), [2] * 40, by_lot)) > side_channel.BOUND
