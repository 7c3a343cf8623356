"""The check digit of payment cards (ISO/IEC 7812), for many stretches."""

from __future__ import annotations

from itertools import accumulate

#: A digit counted twice, its own digits added up.
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Running sums for numbers that end behind an even and an odd place.

    So every stretch of a long row is checked with one subtraction.
    """
    values = list(map(int, digits))
    doubled = [_DOUBLED[value] for value in values]
    even, odd = values.copy(), values.copy()
    even[0::2] = doubled[0::2]
    odd[1::2] = doubled[1::2]
    return (
        list(accumulate(even, initial=0)),
        list(accumulate(odd, initial=0)),
    )
