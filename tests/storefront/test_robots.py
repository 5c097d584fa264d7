"""robots.txt as RFC 9309 has it: wildcards, the longest match, and the rule when there is none."""

import pytest

from exhibition.storefront.fetching.robots import Robots
from tests.storefront.importing.shop_server import Answer, shop


def allows(robots_txt: Answer | None, path: str) -> bool:
    with shop(lambda asked, _headers: robots_txt if asked == "/robots.txt" else None) as served:
        return Robots(served.fetcher).allows(f"{served.address}{path}", lambda: None)


def text(*lines: str) -> Answer:
    return 200, {}, "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        (("Disallow: /*/cart",), "/toko/cart", False),
        (("Disallow: /*/cart",), "/cart", True),
        (("Disallow: /*.pdf$",), "/harga.pdf", False),
        (("Disallow: /*.pdf$",), "/harga.pdf?unduh", True),
        (("Disallow: /p/", "Allow: /p/keripik"), "/p/keripik-bayam", True),
        (("Allow: /p/keripik", "Disallow: /p/"), "/p/rempeyek", False),
        (("Disallow: /p/", "Allow: /p/"), "/p/1", True),
        (("Disallow: /p%C3%A9",), "/pé", False),
        (("Disallow:",), "/p/1", True),
    ],
)
def test_the_longest_rule_that_fits_decides(rules: tuple[str, ...], path: str, allowed: bool) -> None:
    assert allows(text("User-agent: *", *rules), path) is allowed


def test_our_own_group_counts_before_that_for_everybody() -> None:
    groups = ("User-agent: *", "Disallow: /", "", "User-agent: exhibition", "Disallow: /admin")
    assert allows(text(*groups), "/p/1")
    assert not allows(text(*groups), "/admin")


def test_a_mark_of_the_encoding_hides_no_rule() -> None:
    assert not allows((200, {}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "/p/1")


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [(None, True), ((403, {}, b""), True), ((503, {}, b""), False), ((200, {}, b"#" * (5 * 1024 * 1024 + 1)), False)],
    ids=["none", "not for us", "out of order", "endless"],
)
def test_a_host_without_rules_asks_nothing_and_one_that_cannot_give_them_is_left_alone(
    answer: Answer | None, allowed: bool
) -> None:
    assert allows(answer, "/p/1") is allowed
