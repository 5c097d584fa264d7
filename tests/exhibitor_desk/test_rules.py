"""What an exhibitor is told to do next."""

from dataclasses import replace

import pytest

from exhibition.exhibitor_desk.rules import ExhibitorStanding, NextStep, steps

NEW = ExhibitorStanding(
    applied=False,
    offered=False,
    confirmed=False,
    shop=False,
    products=0,
    sign_printed=False,
    badges=0,
    takings_open=False,
    takings_told=False,
    open=True,
)


def _open(standing: ExhibitorStanding) -> list[NextStep]:
    return [step.kind for step in steps(standing) if not step.done]


@pytest.mark.parametrize(
    ("standing", "to_do"),
    [
        (NEW, [NextStep.APPLY, NextStep.SHOP, NextStep.PRODUCTS]),
        (replace(NEW, applied=True), [NextStep.SHOP, NextStep.PRODUCTS]),
        (replace(NEW, applied=True, offered=True), [NextStep.ANSWER, NextStep.SHOP, NextStep.PRODUCTS]),
        (
            replace(NEW, confirmed=True),
            [NextStep.SHOP, NextStep.PRODUCTS, NextStep.SIGN, NextStep.BADGES],
        ),
        (replace(NEW, confirmed=True, shop=True, products=2, badges=1), [NextStep.PRODUCTS, NextStep.SIGN]),
        (replace(NEW, confirmed=True, shop=True, products=3, badges=1, sign_printed=True), []),
        (
            replace(NEW, confirmed=True, shop=True, products=3, badges=1, sign_printed=True, takings_open=True),
            [NextStep.TAKINGS],
        ),
    ],
)
def test_the_steps_follow_from_how_far_the_exhibitor_is(standing: ExhibitorStanding, to_do: list[NextStep]) -> None:
    assert _open(standing) == to_do


def test_what_is_done_stays_in_the_list() -> None:
    done = [step.kind for step in steps(replace(NEW, confirmed=True, shop=True)) if step.done]
    assert done == [NextStep.ANSWER, NextStep.SHOP]


def test_after_the_fair_only_the_shop_is_left_to_look_after() -> None:
    assert _open(replace(NEW, open=False)) == [NextStep.SHOP, NextStep.PRODUCTS]
    assert _open(replace(NEW, confirmed=True, open=False)) == [NextStep.SHOP, NextStep.PRODUCTS]
