"""Every link between pages leads somewhere."""

from __future__ import annotations

import posixpath

import pages
import pytest


@pytest.mark.parametrize("page", pages.names())
def test_links_inside_the_repository_lead_somewhere(page: str) -> None:
    assert [to for to in pages.links(page) if not to.startswith(("http://", "https://")) and not leads(page, to)] == []


@pytest.mark.parametrize("page", [page for page in pages.names() if page.startswith("docs/")])
def test_pages_of_the_site_point_only_into_the_site(page: str) -> None:
    inside = [to for to in pages.links(page) if not to.startswith(("http://", "https://", "#"))]
    assert [
        to for to in inside if not posixpath.normpath(posixpath.join(posixpath.dirname(page), to)).startswith("docs/")
    ] == []


def leads(page: str, to: str) -> bool:
    place, _, anchor = to.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), place)) if place else page
    if not (pages.ROOT / target).exists():
        return False
    return not anchor or anchor in pages.anchors(target)
