"""The floor plan's editor in a real browser: by mouse, by keyboard, by touch; saving, stale saves, files."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, FilePayload, expect

from exhibition.accounts.audit import Actor
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading.plan_values import FloorPlan
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
    saved,
)

__all__ = ["open_hall"]  # a fixture

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_booth_is_dragged_to_the_grid_and_saved_with_a_note(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    scale = pixels_per_metre(page)
    drag(page, middle(booth(page, FREE)), (0.1 * scale, -1.57 * scale))
    expect(field(page, "x")).to_have_value("5.5")
    expect(field(page, "y")).to_have_value("2.5")
    expect(page.locator("#unsaved")).to_be_visible()
    save(page, note="Maju sedikit")
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    expect(page.locator("#unsaved")).to_be_hidden()
    assert (saved(exhibition, FREE).x, saved(exhibition, FREE).y) == (5.5, 2.5)
    page.goto("/desk/hall/versions?lang=en")
    expect(page.locator(".timeline li").first).to_contain_text("Maju sedikit")


def test_a_dragged_booth_snaps_to_its_neighbour_and_overlaps_are_told_at_once(open_hall: OpenPage) -> None:
    page = open_hall()
    page.locator("[data-act=in]").click()
    scale = pixels_per_metre(page)
    drag(page, middle(booth(page, "E05")), (1.05 * scale, 0))
    expect(field(page, "x")).to_have_value("15.5")
    expect(page.locator("#problem-count")).to_have_text("No problems")
    page.locator("#hall-canvas").press("ArrowRight")
    expect(page.locator("#problem-list")).to_contain_text("E05 and E06 overlap.")
    expect(page.locator("#hall-canvas .faulty")).to_have_count(2)
    page.locator("[data-act=undo]").click()
    expect(page.locator("#problem-count")).to_have_text("No problems")


def test_corners_resize_the_knob_turns_and_undo_takes_both_back(open_hall: OpenPage) -> None:
    page = open_hall()
    booth(page, FREE).click()
    scale = pixels_per_metre(page)
    drag(page, middle(page.locator('[data-handle="1 1"]')), (1.02 * scale, 0.48 * scale))
    expect(field(page, "width")).to_have_value("3")
    expect(field(page, "depth")).to_have_value("2.5")
    expect(field(page, "x")).to_have_value("5.5")
    knob, centre = middle(page.locator("[data-handle=turn]")), middle(booth(page, FREE).locator("rect"))
    drag(page, knob, (centre[0] - knob[0] + 60, centre[1] - knob[1]))
    expect(field(page, "rotation")).to_have_value("90")
    page.keyboard.press("Control+z")
    expect(field(page, "rotation")).to_have_value("0")
    page.keyboard.press("Control+z")
    expect(field(page, "width")).to_have_value("2")
    page.keyboard.press("Control+y")
    expect(field(page, "width")).to_have_value("3")


def test_all_of_it_works_by_keyboard(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    canvas = page.locator("#hall-canvas")
    canvas.focus()
    for _ in range(20):
        page.keyboard.press("PageDown")
        if page.locator("[data-panel=one] [data-name]").inner_text() == FREE:
            break
    expect(booth(page, FREE)).to_have_class("booth chosen")
    page.locator("#grid").select_option("0.1")
    canvas.focus()
    for key in ("ArrowLeft", "ArrowUp", "Alt+ArrowRight", "r", "e"):
        page.keyboard.press(key)
    expect(page.locator("#said")).to_have_text("A02: turned by 105°.")
    page.keyboard.press("b")
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text("A11")
    page.keyboard.press("Enter")
    expect(field(page, "code")).to_be_focused()
    page.keyboard.type("tamu-1")
    page.keyboard.press("Tab")
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text("TAMU-1")
    canvas.focus()
    page.keyboard.press("d")
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text("TAMU-2")
    page.keyboard.press("Delete")
    expect(booth(page, "TAMU-2")).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Note for the others")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    moved = saved(exhibition, FREE)
    assert (moved.rotation, moved.width) == (105, 2.1)
    assert saved(exhibition, "TAMU-1").id


def test_several_are_framed_moved_and_numbered_together(open_hall: OpenPage) -> None:
    page = open_hall()
    (left, top), (right, bottom) = middle(booth(page, "B02")), middle(booth(page, "C04"))
    scale = pixels_per_metre(page)
    start = (left - 1.4 * scale, top - 1.4 * scale)
    drag(page, start, (right - start[0], bottom - start[1]))
    expect(page.locator("[data-panel=many] [data-name]")).to_have_text("6 chosen")
    page.get_by_role("button", name="Give new numbers").click()
    form = page.locator("[data-panel=numbers]")
    form.get_by_label("First number").fill("vip01")
    form.get_by_label("The next row").select_option("running")
    page.get_by_role("button", name="Number them").click()
    expect(booth(page, "VIP06")).to_have_count(1)
    page.locator("#hall-canvas").press("Shift+ArrowDown")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(booth(page, "A02")).to_have_count(1)
    expect(page.locator("#unsaved")).to_be_hidden()


def test_a_booth_that_somebody_has_is_told_before_it_moves_and_never_removed(
    open_hall: OpenPage, exhibition: Exhibition
) -> None:
    page = open_hall()
    booth(page, "A01").click()
    expect(page.locator("[data-holder]")).to_contain_text("Kementerian Pemuda dan Olahraga RI has this booth")
    page.keyboard.press("Delete")
    expect(page.locator("#said")).to_contain_text("Not removed, because somebody has it: A01.")
    page.keyboard.press("ArrowUp")
    page.locator("[data-act=save]").click()
    dialog = page.locator("#save-dialog")
    expect(dialog).to_contain_text("A01 (Kementerian Pemuda dan Olahraga RI) moves by 0.5 m.")
    dialog.get_by_role("button", name="Save all the same").click()
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    assert saved(exhibition, "A01").y == 3.5


def test_a_stale_save_names_who_and_keeps_the_work_as_a_file(
    open_hall: OpenPage, exhibition: Exhibition, tmp_path: Path
) -> None:
    page = open_hall()
    booth(page, FREE).click()
    page.keyboard.press("ArrowUp")
    now = plan(exhibition)
    other = FloorPlan(35.0, now.depth, now.booths, now.landmarks, now.zones)
    plan_versions.save(Actor(None, "Budi"), exhibition, other, seen=now.mark)
    save(page)
    message = page.locator("#save-dialog [data-save=message]")
    expect(message).to_have_attribute("data-code", "plan_changed")
    expect(message).to_contain_text("Budi saved version 2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Keep my plan as a file").click()
    path = tmp_path / "plan.json"
    download.value.save_as(path)
    kept = json.loads(path.read_text())
    assert next(one["y"] for one in kept["booths"] if one["code"] == FREE) == 3.5
    assert saved(exhibition, FREE).y == 4.0


def test_leaving_with_unsaved_changes_asks_first(open_hall: OpenPage) -> None:
    page = open_hall()
    booth(page, FREE).click()
    page.keyboard.press("ArrowUp")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Layouts").click()
    assert asked == ["beforeunload"]
    expect(page).to_have_url("/desk/hall?lang=en")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_the_ruler_measures_and_scales_the_picture_under_the_plan(open_hall: OpenPage, exhibition: Exhibition) -> None:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (340, 170), "teal").save(file, "PNG")
    page = open_hall()
    picture: FilePayload = {"name": "denah.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page.locator("#background-file").set_input_files(picture)
    expect(page.locator("#hall-canvas image")).to_have_count(1)
    page.get_by_role("button", name="Ruler").click()
    scale = pixels_per_metre(page)
    drag(page, middle(booth(page, "C01")), (6.0 * scale, 0))
    expect(page.locator("#hall-canvas .measure text")).to_have_text("6 m")
    page.locator("#true-metres").fill("3")
    page.get_by_role("button", name="Scale the picture").click()
    save(page)
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    ground = plan(exhibition).background
    assert ground is not None
    assert (ground.width, ground.depth) == (17.0, 8.5)


def test_a_finger_chooses_and_drags_and_the_arrows_nudge(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    booth(page, FREE).tap()
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text(FREE)
    page.get_by_role("button", name="Move down").tap()
    expect(field(page, "y")).to_have_value("4.5")
    for _ in range(3):
        page.locator("[data-act=in]").tap()
    x, y = middle(booth(page, "E05").locator("rect"))
    scale = pixels_per_metre(page)
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x, "y": y + step * 0.1 * scale}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[data-panel=one] [data-name]")).to_have_text("E05")
    expect(field(page, "y")).to_have_value("16.5")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_two_fingers_zoom_without_moving_a_booth(open_hall: OpenPage) -> None:
    page = open_hall(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    before = pixels_per_metre(page)
    page.locator(".nudge").scroll_into_view_if_needed()
    x, y = middle(page.locator("#hall-canvas"))
    session = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    touch("touchStart", 30)
    for apart in (40, 55, 70, 90):
        touch("touchMove", apart)
    touch("touchEnd", 90)
    assert pixels_per_metre(page) > 2 * before
    expect(page.locator("#unsaved")).to_be_hidden()


def test_the_list_finds_a_booth_and_reads_like_the_plan(open_hall: OpenPage) -> None:
    page = open_hall()
    page.get_by_label("Search the list").fill("temanggung")
    rows = page.locator("#piece-list li:visible")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("2 × 2 m at")
    rows.get_by_role("button").click()
    expect(rows.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#hall-canvas .chosen")).to_have_count(1)


def test_a_zone_takes_its_booths_along_when_it_is_renamed(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    zone = plan(exhibition).zones[0]
    page.get_by_label("Search the list").fill(f"{zone.name}:")
    page.locator("#piece-list li:visible button").click()
    field(page, "code").fill("utama")
    field(page, "width").fill("12")
    save(page)
    expect(page.locator("#said")).to_have_text("Saved as version 2.")
    after = plan(exhibition)
    found = next(one for one in after.zones if one.code == "UTAMA")
    assert found.area is not None
    assert found.area.width == 12
    assert {one.zone for one in after.booths} >= {"UTAMA"}
    assert zone.code not in {one.zone for one in after.booths}


def test_a_list_in_feet_is_matched_looked_at_and_taken_over(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall("/desk/hall/import?lang=en")
    content = b"Kode;Kiri;Atas;Lebar;Tinggi;p\nZ1;10;113;6;5;x\nZ2;20;113;6;5;x\n;1;1;1;1;x\n"
    page.locator("#file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_test_id("taken")).to_have_text("2 booths")
    expect(page.get_by_test_id("faults")).to_contain_text("A4")
    page.get_by_label("Unit of lengths").select_option("ft")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_label("Unit of lengths")).to_have_value("ft")
    expect(page.locator(".sketch .lit")).to_have_count(2)
    page.get_by_role("button", name="Use this plan").click()
    expect(page.locator(".message.good")).to_have_text("Saved as version 2.")
    assert (saved(exhibition, "Z1").x, saved(exhibition, "Z1").width) == (3.048, 1.829)


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["desk", "phone"])
def test_a_layout_is_ticked_on_the_drawing_by_rows_and_one_by_one(open_hall: OpenPage, size: dict[str, int]) -> None:
    page = open_hall("/desk/layouts?lang=en", viewport=size)
    page.locator("#own-name").fill("From nothing")
    page.get_by_role("button", name="Tick the booths").click()
    page.get_by_label("Row A").check()
    page.locator("[data-ticks] [data-code=B02]").click()
    page.get_by_label("C03", exact=True).check()
    page.get_by_label("A10", exact=True).uncheck()
    expect(page.get_by_role("status").last).to_have_text("11 in use")
    expect(page.locator("[data-ticks] [data-code=C03]")).to_have_attribute("data-state", "open")
    assert page.get_by_label("Row A").evaluate("row => row.indeterminate")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.get_by_label("B02", exact=True)).to_be_checked()
    expect(page.get_by_label("A10", exact=True)).not_to_be_checked()
