"""Quotes in real time: one return, several ways for its customer, priced at tonight's prices of shared limits."""

from routing.quote.asked import AskedReturn, asked_returns
from routing.quote.book import Book
from routing.quote.desk import Desk
from routing.quote.offer import Alternative, Quote, Refusal

__all__ = ["Alternative", "AskedReturn", "Book", "Desk", "Quote", "Refusal", "asked_returns"]
