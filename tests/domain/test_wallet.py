"""What somebody lacks is what has to come in before they can pay."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.wallet import Wallet

AMOUNT = st.integers(0, 20)


@given(monthly=AMOUNT, granted=AMOUNT, purchased=AMOUNT, debt=AMOUNT, cost=st.integers(1, 40))
def test_what_is_short_is_the_least_that_pays_once_it_has_come(
    monthly: int, granted: int, purchased: int, debt: int, cost: int
) -> None:
    short = Wallet(monthly, granted, purchased, debt=debt).short_of(cost)

    def topped_up(by: int) -> Wallet:
        repaid = min(debt, by)
        return Wallet(monthly, granted, purchased + by - repaid, debt=debt - repaid)

    assert topped_up(short).available >= cost
    assert not short or topped_up(short - 1).available < cost
