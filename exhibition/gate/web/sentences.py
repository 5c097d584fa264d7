"""Every text of the scanner's page, in the reader's language, handed over as one JSON block.

A sentence is short enough to be read out to the visitor. ``{…}`` are filled in by the page.
"""

from flask_babel import lazy_gettext as _l

from exhibition.gate.rules.admission import ConflictKind, ScanCode

REASONS = {
    ScanCode.ALREADY_USED: _l("This pass came in at gate {gate} at {time}."),
    ScanCode.REPEAT_SCAN: _l("You scanned this pass {seconds} seconds ago. It counted."),
    ScanCode.TOO_EARLY: _l("This pass is for {starts}. It is now {now}."),
    ScanCode.TOO_LATE: _l("The session of this pass ended at {ends}. It is now {now}."),
    ScanCode.SLOT_CLOSED: _l("The hall is closed for cleaning during this session."),
    ScanCode.WRONG_EXHIBITION: _l("This pass is for another fair."),
    ScanCode.CANCELLED: _l("The visitor cancelled this pass."),
    ScanCode.SUPERSEDED: _l("This QR was replaced. Ask the visitor to open their pass page."),
    ScanCode.REVOKED: _l("The organizer withdrew this pass."),
    ScanCode.UNKNOWN: _l("This is no pass of this fair."),
    ScanCode.BAD_SIGNATURE: _l("The QR is damaged or forged. Type the short code instead."),
    ScanCode.VENUE_FULL: _l(
        "The hall is full: {inside} of {capacity} inside. Please wait; this session ends at {ends}."
    ),
    ScanCode.NOT_INSIDE: _l("Nobody of this pass is inside."),
    ScanCode.PARTY_EXCEEDED: _l("Only {left} of {party} are left on this pass. Set the number and scan again."),
    ScanCode.PROTOCOL_REFUSED: _l("Mask or screening is not in order."),
}

REASONS_RETURN = {
    "inside": _l("This pass came in at gate {gate} at {time}. Were they out since? Then scan the exit first."),
    "inside_alone": _l("This pass is inside already. Were they out since? Then scan the exit first."),
    "never": _l("They went out at {left_at}. At this fair nobody may come in again."),
    "after_round": _l("They went out at {left_at}. They may come in again after the next disinfection."),
}
"""With ``already_used``, by whether they are inside, and by what the edition allows."""

REASONS_ALONE = {
    ScanCode.ALREADY_USED: _l("This pass was used before."),
    ScanCode.VENUE_FULL: _l("This gate has given out all the places it may give without the server. Please wait."),
    ScanCode.NOT_INSIDE: _l("As far as this device knows, nobody of this pass is inside."),
}
"""For decisions of the device alone, which knows less than the server."""

REASONS_BADGE = {
    ScanCode.ALREADY_USED: _l(
        "This badge came in at gate {gate} at {time}. Was its holder out since? Then scan the exit first."
    ),
    ScanCode.REPEAT_SCAN: _l("You scanned this badge {seconds} seconds ago. It counted."),
    ScanCode.TOO_EARLY: _l("Badges open the gates from {starts} on; it is now {now}."),
    ScanCode.TOO_LATE: _l("The fair is over since {ends}."),
    ScanCode.SUPERSEDED: _l("This badge was lost and made anew. Only the newest one is good."),
    ScanCode.REVOKED: _l("This badge of {exhibitor} was withdrawn."),
    ScanCode.VENUE_FULL: _l("The hall is full: {inside} of {capacity} inside. A supervisor can let staff in."),
    ScanCode.NOT_INSIDE: _l("The holder of this badge is not inside."),
}
"""The sentences that differ for badges of exhibitors' staff."""
MORE_REASONS_BADGE = {
    "not_confirmed": _l("{exhibitor} has no confirmed booth any more, so this badge is not valid."),
    "already_inside": _l("This badge is inside already. Was its holder out? Then scan the exit first."),
}
"""For badges where the code alone is not enough: without a booth, and without the earlier entry."""

WORDS = {
    "entry": _l("Come in"),
    "exit": _l("Goodbye"),
    "refused": _l("No entry"),
    "refused_exit": _l("Not checked in"),
    "look": _l("Look again"),
    "no_answer": _l("No answer"),
    "server_fault": _l("Server error"),
    "too_many": _l("Please wait"),
}

TEXTS = {
    "disinfected_until": _l("The hall is being disinfected until {until}. Please wait."),
    "round_next": _l("Disinfection from {starts} to {ends}"),
    "people_counted": _l("{admitted} of {party}"),
    "people_entered": _l("{people} may come in."),
    "people_left": _l("{people} have left."),
    "people_back": _l("Welcome back: {people} may come in. They went out at {left_at}."),
    "people_back_part": _l("{people} may come in, {returned} of them come back. They went out at {left_at}."),
    "badge_of": _l("Exhibitor: {exhibitor}, booth {booth}"),
    "badge_new": _l("A new badge of an exhibitor's staff"),
    "everybody": _l("all"),
    "this_day": _l("{time}"),
    "another_day": _l("{time} on {day}"),
    "no_answer": _l("The server did not answer. Tap to send the same scan again."),
    "offline": _l("Offline"),
    "decided_alone": _l("Decided without the server."),
    "server_fault": _l("The server has an error ({sign}); the network works. Tell the desk."),
    "server_fault_now": _l("Server error {sign}"),
    "server_says": _l("{detail} ({sign})"),
    "too_many_now": _l("Too many requests"),
    "send_again": _l("Tap to send the same scan again."),
    "not_understood": _l("The server did not accept the scan: {detail}"),
    "voice_on": _l("Answers are spoken from now on."),
    "sending": _l("Checking …"),
    "ready": _l("Show the QR to the camera."),
    "camera_starting": _l("Starting the camera …"),
    "camera_denied": _l(
        "The camera is not allowed. Allow it in the browser's settings, or use a scanner or type the code."
    ),
    "camera_absent": _l("There is no camera here. Use a scanner or type the code."),
    "camera_insecure": _l("Browsers give the camera only to safe addresses (https). Use a scanner or type the code."),
    "camera_in_use": _l("Another app uses the camera. Close it; the scanner tries again by itself."),
    "camera_lost": _l("The camera was taken away. The scanner tries again by itself; a scanner or typing works too."),
    "camera_failed": _l("The camera did not start. Try again, or use a scanner or type the code."),
    "count_unknown": _l("No connection: the number inside may be old."),
    "undoing": _l("Undoing the last scan …"),
    "undone": _l("The last scan is undone: {people} no longer count."),
    "undo_offline": _l("Undo needs the server. Try again when there is a connection, within five minutes of the scan."),
    "walk_in_making": _l("Making the pass …"),
    "walk_in_offline": _l("No answer from the server. Walk-ins need it; tap the same number again."),
    "searching": _l("Searching …"),
    "search_hit": _l("{name}, session at {starts}, {admitted} of {party} came"),
    "search_not_yet": _l("not in yet"),
    "search_inside": _l("{inside} inside now"),
    "search_inside_part": _l("{inside} inside now; others went out at {time}"),
    "search_went_out": _l("went out at {time}"),
    "search_choose": _l("Tap the right name to let them in."),
    "code_unknown": _l("{code} was not found. Look at the letters and type them again."),
    "near_nothing": _l("No code of today is similar. Search by phone number or name."),
    "mask_missing": _l("Somebody wears no mask."),
    "screening_failed": _l("Somebody has symptoms: please do not come in."),
    "search_nothing": _l("No pass of today fits."),
    "search_offline": _l("No answer from the server. The search needs it; try again."),
    "gates_offline": _l("No answer from the server. Changing the gate needs it; try again."),
    "movement_entry": _l("{time}: {people} came in, {code}"),
    "movement_exit": _l("{time}: {people} went out, {code}"),
    "correction_choose": _l("Which one is wrong?"),
    "correction_nothing": _l("Nobody has come in or gone out here today."),
    "correction_number_missing": _l("Tap how many it really were."),
    "correction_offline": _l("No answer from the server. Correcting needs it; try again."),
    "corrected": _l("Corrected. Both scans stay written down."),
    "override_offline": _l("No answer from the server. A supervisor's word needs it; tap again."),
    "override_pin_missing": _l("Type the supervisor's PIN first: six to twelve digits."),
    "override_reason_missing": _l("Write the reason, or tap one above."),
    "no_bundle": _l("No data yet: needs the server"),
    "bundle_new": _l("Data is fresh"),
    "bundle_age": _l("Data is {minutes} min old"),
    "withdrawn": _l("This device is no longer enrolled. Ask the desk for a new code."),
    "enrol_failed": _l("That did not work. Check the connection and try again."),
}

OVERRIDE_REASONS = (
    _l("Group that came together"),
    _l("Invited guest or official"),
    _l("Old, ill or with small children"),
    _l("Our own mistake"),
)
"""A supervisor's most frequent reasons; one tap each."""

CONFLICTS = {
    ConflictKind.UNKNOWN_PASS: _l("Let in on an unknown pass"),
    ConflictKind.DOUBLE_ENTRY: _l("Pass used twice"),
    ConflictKind.DIFFERS: _l("The server decided otherwise"),
    ConflictKind.DURING_ROUND: _l("Let in during disinfection"),
    ConflictKind.OVER_CAP: _l("More inside than allowed"),
    ConflictKind.CLOCK_DRIFT: _l("The device's clock is wrong"),
}

SHORT_REASONS = {
    ScanCode.ACCEPTED: _l("accepted"),
    ScanCode.ALREADY_USED: _l("already used"),
    ScanCode.REPEAT_SCAN: _l("scanned a moment before"),
    ScanCode.TOO_EARLY: _l("too early"),
    ScanCode.TOO_LATE: _l("too late"),
    ScanCode.SLOT_CLOSED: _l("session closed"),
    ScanCode.WRONG_EXHIBITION: _l("another fair"),
    ScanCode.CANCELLED: _l("cancelled"),
    ScanCode.SUPERSEDED: _l("old QR"),
    ScanCode.REVOKED: _l("withdrawn by the organizer"),
    ScanCode.UNKNOWN: _l("unknown pass"),
    ScanCode.BAD_SIGNATURE: _l("damaged or forged QR"),
    ScanCode.VENUE_FULL: _l("hall full"),
    ScanCode.NOT_INSIDE: _l("nobody inside"),
    ScanCode.PARTY_EXCEEDED: _l("more people than the pass has"),
    ScanCode.PROTOCOL_REFUSED: _l("mask or screening"),
}


def for_page() -> dict[str, dict[str, str]]:
    """All texts in the language of the request."""
    return {
        "reasons": {code.value: str(text) for code, text in REASONS.items()},
        "reasons_alone": {code.value: str(text) for code, text in REASONS_ALONE.items()},
        "reasons_return": {name: str(text) for name, text in REASONS_RETURN.items()},
        "reasons_badge": {str(code): str(text) for code, text in (REASONS_BADGE | MORE_REASONS_BADGE).items()},
        "words": {name: str(text) for name, text in WORDS.items()},
        "texts": {name: str(text) for name, text in TEXTS.items()},
    }
