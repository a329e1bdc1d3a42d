"""The pages for when something is not there or not right, in the same dress as all others."""

from perseus.pages.exhibit import Exhibit
from perseus.pages.rendering import render


def missing(exhibit: Exhibit, path: str, told: str) -> str:
    """Say that no page stands at an address."""
    sentence = told or f"Nothing stands at {path}."
    return _page(
        exhibit, "There is no such page", sentence, "Go to the bank's verdict, and find it from there."
    )


def refused(exhibit: Exhibit, told: str) -> str:
    """Say that a request cannot be answered; these pages only show."""
    return _page(exhibit, "This page can only be read", told, "Go to the bank's verdict.")


def unavailable(exhibit: Exhibit, told: str) -> str:
    """Say what is not there any more, and how to get it back."""
    remedy = "Start the demonstration again: it makes all its files anew."
    return _page(exhibit, "A file of the demonstration is not there", told, remedy)


def broken(exhibit: Exhibit) -> str:
    """Say that the fault is ours."""
    told = "The page could not be made. The fault is in Perseus, not in the chain."
    return _page(exhibit, "Perseus made a mistake", told, "Nothing was changed. Load the page again.")


def _page(exhibit: Exhibit, title: str, told: str, remedy: str) -> str:
    return render("fault.html", exhibit=exhibit, title=title, told=told, remedy=remedy)
