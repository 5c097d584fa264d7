"""Acts on many booths in the floor plan's editor, in a real browser: rows in one act, by mouse, keyboard and finger."""

import pytest
from playwright.sync_api import Page, expect

from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from tests.browser.hall_editor import (
    FREE,
    OpenPage,
    booth,
    drag,
    field,
    middle,
    open_hall,
    pixels_per_metre,
    plan,
    save,
)

__all__ = ["open_hall"]  # a fixture

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def rows_field(page: Page, name: str) -> str:
    return page.locator(f'[data-panel=block] [data-field="{name}"]').input_value()


def test_rows_are_drawn_with_the_mouse_and_are_one_step(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    before = page.locator("#hall-canvas .booth").count()
    page.get_by_role("button", name="Rows", exact=True).click()
    scale = pixels_per_metre(page)
    corner = middle(booth(page, "A01").locator("rect"))
    start = (corner[0] - 1 * scale, corner[1] - 1 * scale)
    drag(page, start, (8.3 * scale, 7.4 * scale))
    assert [rows_field(page, name) for name in ("rows", "columns", "first")] == ["2", "4", "K01"]
    expect(page.locator("#hall-canvas .block rect")).to_have_count(8)
    expect(page.locator("#said")).to_contain_text("8 booths, K01 to L04: 8 × 7 m")
    page.keyboard.press("Enter")
    expect(page.locator("#hall-canvas .booth")).to_have_count(before + 8)
    expect(page.locator("#said")).to_have_text("8 booths placed, K01 to L04.")
    expect(page.locator("[data-panel=many] [data-name]")).to_have_text("8 chosen")
    page.keyboard.press("Control+z")
    expect(page.locator("#hall-canvas .booth")).to_have_count(before)
    expect(page.locator("#unsaved")).to_be_hidden()


def test_rows_are_set_by_fields_and_arrows_and_saved(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    page.locator("#hall-canvas").focus()
    page.keyboard.press("g")
    form = page.locator("[data-panel=block]")
    form.get_by_label("Rows", exact=True).fill("1")
    form.get_by_label("Booths in a row").fill("3")
    form.get_by_label("Between booths (m)").fill("0.5")
    form.get_by_label("First number").fill("a09")
    expect(form.locator("[data-line]")).to_have_text(
        "These numbers are there already: A09, A10. Begin with another one."
    )
    expect(form.get_by_role("button", name="Place 3 booths")).to_be_disabled()
    form.get_by_label("First number").fill("vip-09")
    form.get_by_label("From the left (m)").fill("3")
    form.get_by_label("From above (m)").fill("1")
    canvas = page.locator("#hall-canvas")
    canvas.press("ArrowDown")
    canvas.press("Alt+ArrowRight")
    expect(page.locator("#said")).to_have_text("4 booths, VIP-09 to VIP-12: 9.5 × 2 m at 3, 1.5")
    canvas.press("Enter")
    save(page)
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    found = {one.code: one for one in plan(exhibition).booths if one.code.startswith("VIP")}
    assert [(one.x, one.y, one.corner) for one in found.values()] == [
        (3, 1.5, True),
        (5.5, 1.5, False),
        (8, 1.5, False),
        (10.5, 1.5, True),
    ]


def test_giving_up_leaves_the_plan_as_it_was(open_hall: OpenPage) -> None:
    page = open_hall()
    page.locator("[data-act=block]").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-panel=block]")).to_be_hidden()
    expect(page.locator("#hall-canvas .block")).to_have_count(0)
    expect(page.locator("#unsaved")).to_be_hidden()
    booth(page, FREE).click()
    expect(field(page, "code")).to_have_value(FREE)


def test_rows_are_placed_with_a_finger(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Rows", exact=True).tap()
    page.get_by_role("button", name="Move down").tap()
    expect(page.locator("#said")).to_contain_text("12 booths, K01 to L06")
    page.get_by_role("button", name="Place 12 booths").tap()
    expect(booth(page, "L06")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def chosen_booths(page: Page) -> list[str]:
    return page.locator("#hall-canvas .booth.chosen").evaluate_all("all => all.map((one) => one.dataset.code).sort()")


def test_several_are_aligned_spread_moved_and_removed_together(open_hall: OpenPage) -> None:
    page = open_hall()
    booth(page, "A02").click()
    for code in ("A04", "A06"):
        booth(page, code).click(modifiers=["Shift"])
    expect(page.locator("#said")).to_have_text("3 chosen: A02, A04, A06")
    panel = page.locator("[data-panel=many]")
    panel.get_by_role("button", name="Left edge").click()
    expect(page.locator("#said")).to_have_text("In line at the left: A02, A04, A06.")
    page.keyboard.press("Control+z")
    booth(page, "A04").click()
    page.locator("#hall-canvas").press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    for code in ("A02", "A06"):
        booth(page, code).click(modifiers=["Shift"])
    panel.get_by_role("button", name="Equal gaps across").click()
    panel.get_by_role("button", name="Bottom edge").click()
    expect(page.locator("#said")).to_have_text("In line at the bottom: A02, A04, A06.")
    booth(page, "A04").click()
    expect(field(page, "x")).to_have_value("11.5")
    expect(field(page, "y")).to_have_value("4")
    booth(page, "A02").click(modifiers=["Control"])
    page.locator("#hall-canvas").press("Delete")
    expect(page.locator("#said")).to_have_text("Removed: A02, A04.")


def test_several_are_chosen_by_keyboard_and_in_the_list(open_hall: OpenPage) -> None:
    page = open_hall()
    booth(page, "B02").click()
    page.keyboard.press("Shift+PageDown")
    page.keyboard.press("Shift+PageDown")
    assert chosen_booths(page) == ["B02", "B03", "B04"]
    expect(page.locator("#said")).to_have_text("3 chosen: B02, B03, B04")
    page.get_by_label("Search the list").fill("j05")
    page.locator("#piece-list li:visible button").click(modifiers=["Shift"])
    assert chosen_booths(page) == ["B02", "B03", "B04", "J05"]
    page.locator("#hall-canvas").press("Control+a")
    expect(page.locator("#said")).to_contain_text("100 chosen: A01, A02")
    page.keyboard.press("Escape")
    expect(page.locator("#said")).to_have_text("Nothing is chosen.")


def test_a_finger_draws_a_frame_after_several(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Several").tap()
    page.locator("#hall-canvas").scroll_into_view_if_needed()
    scale = pixels_per_metre(page)
    (left, top), (right, bottom) = (middle(booth(page, code).locator("rect")) for code in ("B02", "C03"))
    points = [(left - 1.4 * scale, top - 1.4 * scale), (left, top), (right, bottom)]
    session = page.context.new_cdp_session(page)
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert chosen_booths(page) == ["B02", "B03", "C02", "C03"]
    page.locator("[data-panel=many]").get_by_role("button", name="Top edge").click()
    expect(page.locator("#said")).to_contain_text("In line at the top")


def test_all_booths_are_renumbered_by_keyboard_and_keep_their_people(
    open_hall: OpenPage, exhibition: Exhibition
) -> None:
    page = open_hall()
    who = plan_versions.holders(exhibition)
    page.locator("#hall-canvas").focus()
    page.keyboard.press("n")
    form = page.locator("[data-panel=numbers]")
    expect(form.locator("[data-name]")).to_have_text("New numbers for all 100 booths")
    expect(form.get_by_label("First number")).to_be_focused()
    expect(form.locator("[data-line]")).to_have_text("They have these numbers already.")
    page.keyboard.type("s1")
    expect(form.locator("[data-line]")).to_contain_text("100 numbers change. 35 booths belong to somebody")
    expect(form.locator("[data-lines] li").first).to_have_text("A01 → S1 · Kementerian Pemuda dan Olahraga RI")
    expect(page.locator("#hall-canvas .block text").first).to_have_text("S1")
    form.get_by_label("Every second row from the right").check()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Numbered: S1 – AB1.")
    save(page)
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    assert plan_versions.holders(exhibition) == who
    by_place = {(one.x, one.y): one.code for one in plan(exhibition).booths}
    assert (by_place[2.5, 4], by_place[29.5, 4], by_place[2.5, 7]) == ("S1", "S10", "T10")


def test_numbers_of_others_are_refused_in_words_and_nothing_changes(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Several").click()
    for code in ("C01", "C02"):
        booth(page, code).locator("rect").click()
    page.get_by_role("button", name="Numbers", exact=True).click()
    form = page.locator("[data-panel=numbers]")
    form.get_by_label("First number").fill("A01")
    refusal = "Booths that are not chosen have these numbers: A01, A02. Begin with another one, or choose them too."
    expect(form.locator("[data-line]")).to_have_text(refusal)
    form.get_by_role("button", name="Number them").click()
    expect(page.locator("#said")).to_have_text(refusal)
    form.get_by_role("button", name="Cancel").click()
    expect(page.locator("#unsaved")).to_be_hidden()


def test_problems_are_gathered_shown_and_repaired_in_one_act(open_hall: OpenPage) -> None:
    page = open_hall()
    (left, top), (right, bottom) = middle(booth(page, "A09")), middle(booth(page, "D10"))
    scale = pixels_per_metre(page)
    drag(page, (right + 1.2 * scale, bottom + 1.2 * scale), (left - right - 2.4 * scale, top - bottom - 2.4 * scale))
    page.locator("#hall-canvas").press("Shift+ArrowRight")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    group = page.locator("#problem-list > li").first
    expect(group.get_by_role("button").first).to_have_text("4 booths outside the hall.")
    page.keyboard.press("Escape")
    group.get_by_role("button").first.click()
    expect(page.locator("#said")).to_contain_text("4 chosen")
    group.get_by_text("Each of them").click()
    expect(group.locator("details li")).to_have_count(4)
    group.get_by_role("button", name="Enlarge the hall to 35.5 × 36 m").click()
    expect(page.locator("#said")).to_have_text("The hall is 35.5 × 36 m now.")
    expect(page.locator("#problem-count")).to_have_text("No problems")
    page.locator("[data-act=undo]").click()
    expect(page.locator("#problem-list > li").first).to_contain_text("4 booths outside the hall.")


def test_overlapping_booths_are_moved_apart_on_a_phone(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    booth(page, FREE).locator("rect").click()
    field(page, "x").fill("3")
    field(page, "x").press("Tab")
    page.get_by_role("button", name="Move booths to the nearest free place").click()
    expect(page.locator("#said")).to_have_text("1 booth was moved.")
    expect(page.locator("#problem-count")).to_have_text("No problems")
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text(FREE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
