"""Whether the time that signing takes says anything about what is signed, and so about the key.

    .venv/bin/python -m bench.side_channel [rounds]

A nightly job and no part of the suite: a busy machine is too noisy to judge by. Welch's t between two kinds
of input, a number that an attacker chose so that it computes fast without blinding and numbers drawn by lot, in turns;
below 4.5 there is nothing to see (the usual bound for such tests). The control signs the same numbers without blinding,
and must be far beyond it, or the measure is blind itself. Exit status 1, if either is not so.
"""

# ruff: noqa: T201

import random
import statistics
import sys
import time
from collections.abc import Callable
from math import sqrt

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from phonein.questions import blind

BOUND = 4.5
ROUNDS = 1500
SLOWEST = 0.1  # of the times are left out: they say what else the machine was doing


def main(rounds: int) -> int:
    private, public = blind.new_key()
    n = blind.modulus(public)
    steered = [2] * rounds  # squaring and multiplying stay cheap for longest
    by_lot = [random.SystemRandom().randrange(n) for _ in range(rounds)]
    print(f"RSA-{n.bit_length()}, {rounds} rounds, in turns; Welch's t between steered and random input")
    ours = welch(lambda number: blind.sign(private, number.to_bytes(256)), steered, by_lot)
    control = welch(unblinded(private), steered, by_lot)
    print(f"blind.sign          t = {ours:7.1f}   (must be within {BOUND})")
    print(f"without blinding    t = {control:7.1f}   (must be beyond it)")
    fine = abs(ours) < BOUND < abs(control)
    print("As it should be." if fine else "NOT as it should be.")
    return 0 if fine else 1


def unblinded(private_der: bytes) -> Callable[[int], object]:
    """The same by the primes, without any factor: what nobody must do."""
    key = load_der_private_key(private_der, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()

    def sign(number: int) -> int:
        by_p, by_q = pow(number % numbers.p, numbers.dmp1, numbers.p), pow(number % numbers.q, numbers.dmq1, numbers.q)
        return by_q + numbers.q * ((by_p - by_q) * numbers.iqmp % numbers.p)

    return sign


def welch(sign: Callable[[int], object], steered: list[int], by_lot: list[int]) -> float:
    """In turns, and in an order drawn by lot within each turn; CPU time of this thread alone."""
    times: tuple[list[int], list[int]] = ([], [])
    for pair in zip(steered, by_lot, strict=True):
        for kind in random.sample((0, 1), 2):
            began = time.thread_time_ns()
            sign(pair[kind])
            times[kind].append(time.thread_time_ns() - began)
    first, second = (sorted(one)[: int(len(one) * (1 - SLOWEST))] for one in times)
    spread = sqrt(statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    return (statistics.mean(first) - statistics.mean(second)) / spread


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
