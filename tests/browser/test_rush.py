"""Standing in the line for a pass in a browser without scripts: the page goes on by itself."""

import time

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush import tickets
from exhibition.visitors.rush.tickets import Ticket
from tests.gate import world


@pytest.mark.parametrize(("language", "heading"), [("id", "Anda dalam antrean"), ("en", "You are in line")])
def test_the_page_of_the_line_leads_to_the_pass_without_a_script(
    fair: Flask, server: str, browser: Browser, language: str, heading: str
) -> None:
    party = Party(world.coming_slots()[0].id, f"Siti {language}", None, None, 3, language)
    ticket = tickets.seal(Ticket(party, time.time(), f"form:{language}"))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{server}/antrean/{ticket}?lang={language}")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_test_id("pass-qr")).to_be_visible(timeout=30_000)
    assert "/p/" in page.url
    context.close()
