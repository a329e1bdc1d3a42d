"""What stands in a page of HTML: its tags, their attributes, and its text."""

from html.parser import HTMLParser


class Outline(HTMLParser):
    """What stands in a page: its tags, their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """Give the page's text in one line."""
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str) -> int:
        """Count the tags of a kind."""
        return sum(found == tag for found, _ in self.tags)

    def named(self, attribute: str) -> list[str]:
        """Give every value of an attribute."""
        return [str(found[attribute]) for _, found in self.tags if attribute in found]
