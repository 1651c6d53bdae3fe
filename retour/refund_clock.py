"""How long each customer may wait: the clock of a refund, of a claim or of another piece, from the day of the request.

A withdrawal is refunded within 14 days (Directive 2011/83/EU, article 13), a claim settled within 30 (Code de la
consommation L.217-10); who wants another piece gets it within 30 (Directive 2011/83/EU, article 18). No clock runs
where no customer waits: unsold goods, take-back of worn-out ones, and money that has moved already.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.policy import Policy
from retour.vocabulary import MoneyState, Wish


def refund_days(returns: pd.DataFrame, policy: Policy) -> NDArray[np.float64]:
    """Return the days from the request to the day money or another piece is due, shape (n,); inf: nobody waits.

    returns: reason, flow, wants, money_state -> days.
    """
    withdrawal = returns["reason"].isin(policy.reasons.withdrawal)
    exchange = (returns["wants"] == Wish.EXCHANGE) & policy.exchange.allowed
    waits = returns["flow"].isin(policy.refund.flows) & (returns["money_state"] == MoneyState.PENDING)
    days = np.select(
        [~waits, exchange, withdrawal], [np.inf, policy.exchange.days, policy.refund.days], policy.refund.claim_days
    )
    return np.asarray(days, dtype=float)
