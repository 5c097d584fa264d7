"""The audit trail in words: one sentence for each action that is written into it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exhibition.accounts.models import AuditEntry
from exhibition.core.i18n import lazy as _l
from exhibition.core.i18n import moment_text

NOTHING = "\N{EN DASH}"
ACTORS = {"command line": _l("The command line"), "expiry": _l("The clock"), "visitor": _l("The visitor")}
"""Those who act without an account."""
SENTENCES = {
    "application.accept": _l("%(who)s accepted the booth offered for the application of %(what)s."),
    "application.begin": _l("%(who)s began the application of %(what)s."),
    "application.cancel": _l("%(who)s gave back the booth of the application of %(what)s."),
    "application.confirm": _l("%(who)s confirmed the booth of the application of %(what)s."),
    "application.correct_address": _l("%(who)s corrected the e-mail address of the application %(what)s."),
    "application.decline": _l("%(who)s declined the booth offered for the application of %(what)s."),
    "application.document": _l("%(who)s changed the files of the application of %(what)s."),
    "application.edit": _l("%(who)s changed the application of %(what)s."),
    "application.import": _l("%(who)s imported the application of %(what)s from a list."),
    "application.import_list": _l("%(who)s imported the list %(what)s with %(rows)s rows."),
    "application.invite": _l("%(who)s invited %(what)s to apply."),
    "application.invited_by_phone": _l("%(who)s noted that %(what)s was invited by phone."),
    "application.lapse": _l("The offer for the application of %(what)s ran out or was taken back (%(who)s)."),
    "application.link": _l("%(who)s set which exhibitor the application of %(what)s belongs to."),
    "application.not_invited_by_phone": _l("%(who)s noted that %(what)s was not invited by phone after all."),
    "application.offer": _l("%(who)s offered a booth for the application of %(what)s."),
    "application.reject": _l("%(who)s rejected the application of %(what)s."),
    "application.reopen": _l("%(who)s reopened the application of %(what)s."),
    "application.restore": _l("%(who)s gave the accepted booth back to the application of %(what)s."),
    "application.resume": _l("%(who)s undid the withdrawal of the application of %(what)s."),
    "application.shortlist": _l("%(who)s put the application of %(what)s on the shortlist."),
    "application.submit": _l("%(who)s handed in the application of %(what)s."),
    "application.undo": _l("%(who)s undid the last step with the booth of the application of %(what)s."),
    "application.waitlist": _l("%(who)s put the application of %(what)s on the waiting list."),
    "application.withdraw": _l("%(who)s withdrew the application of %(what)s."),
    "applications.erase": _l("%(who)s erased %(erased)s old applications for %(what)s."),
    "badge.issue": _l("%(who)s made the badge %(what)s."),
    "badge.reissue": _l("%(who)s made the badge %(what)s again; the old one is no longer valid."),
    "badge.rename": _l("%(who)s changed the name on the badge %(what)s."),
    "badge.revoke": _l("%(who)s withdrew the badge %(what)s."),
    "booth.accept": _l("%(exhibitor)s accepted booth %(booth)s (%(who)s)."),
    "booth.arrange": _l("%(who)s placed several exhibitors at once, among them %(exhibitor)s (%(booth)s)."),
    "booth.confirm": _l("%(who)s confirmed %(booth)s for %(exhibitor)s."),
    "booth.decline": _l("%(exhibitor)s declined booth %(booth)s (%(who)s)."),
    "booth.expire": _l("The time of %(exhibitor)s for booth %(booth)s ran out."),
    "booth.hold": _l("%(who)s held %(booth)s for %(exhibitor)s until %(expires_at)s."),
    "booth.move": _l("%(who)s moved %(exhibitor)s to %(booth)s."),
    "booth.offer": _l("%(who)s offered %(booth)s to %(exhibitor)s until %(expires_at)s."),
    "booth.publish": _l("%(who)s published a proposal: %(exhibitor)s has %(booth)s."),
    "booth.redo": _l("%(who)s did the undone step with %(booth)s and %(exhibitor)s again."),
    "booth.release": _l("%(who)s took %(booth)s back from %(exhibitor)s."),
    "booth.swap": _l("%(who)s swapped booths: %(exhibitor)s has %(booth)s now."),
    "booth.undo": _l("%(who)s undid the last step with %(booth)s and %(exhibitor)s."),
    "bulk_act.begin": _l("%(who)s acted upon %(total)s of a list of %(what)s at once; each has a line of its own."),
    "call.draw": _l("%(who)s drew the lottery for %(what)s."),
    "call.quotas": _l("%(who)s changed the quotas of %(what)s."),
    "call.edit": _l("%(who)s changed the rules for applications to %(what)s."),
    "cap.area": _l("%(who)s set the floor for each person at %(what)s to %(square_metres_each)s m²."),
    "cap.plan": _l("%(who)s planned a cap of %(capacity)s people inside from %(starts_at)s."),
    "cap.remove": _l("%(who)s removed the cap of %(capacity)s people planned from %(starts_at)s."),
    "cluster.contact": _l("%(who)s changed the contact of the cluster %(what)s."),
    "confirmation.wrong": _l("%(who)s typed a wrong password where it was asked for once more."),
    "contact.copy": _l("%(who)s took a copy of everything kept about pass %(what)s."),
    "contact.correct": _l("%(who)s corrected name or contact of pass %(what)s."),
    "contact.erase": _l("%(who)s erased name and contact of pass %(what)s."),
    "contacts.erase": _l("%(who)s erased names and contacts of %(erased)s visitors of %(what)s."),
    "contacts.list": _l("%(who)s made a list of visitors' contacts of %(what)s for the health office."),
    "demo.remove": _l("%(who)s removed the demo %(what)s."),
    "device.codes_guessed": _l("The device %(what)s sent many codes that nobody has."),
    "device.enrol": _l("The device %(what)s joined gate %(gate)s."),
    "device.move": _l("The device %(what)s changed from gate %(old_gate)s to %(gate)s."),
    "device.rename": _l("%(who)s named the device %(old_name)s “%(name)s”."),
    "device.revoke": _l("%(who)s switched off the device %(what)s."),
    "exhibition.archive": _l("%(who)s archived %(what)s."),
    "exhibition.call_off": _l("%(who)s called off %(what)s."),
    "exhibition.clone": _l("%(who)s made %(what)s from %(source)s."),
    "exhibition.create": _l("%(who)s made %(what)s."),
    "exhibition.edit": _l("%(who)s changed the settings of %(what)s."),
    "exhibition.follow": _l("%(who)s changed days, hours, place or sessions of %(what)s."),
    "exhibition.look": _l("%(who)s changed the colour or logo of %(what)s."),
    "exhibition.postpone": _l("%(who)s postponed %(what)s."),
    "exhibition.publish": _l("%(who)s published %(what)s."),
    "exhibition.undo": _l("%(who)s undid a change of days, hours, place or sessions of %(what)s."),
    "exhibition.words": _l("%(who)s changed the words that hold products back."),
    "exhibitor.add": _l("%(who)s added the exhibitor %(what)s."),
    "exhibitor.edit": _l("%(who)s changed the exhibitor %(what)s."),
    "exhibitor.pin": _l("%(who)s pinned an exhibitor to a booth for the proposal."),
    "exhibitor.sign_printed": _l("%(who)s said that the sign of %(what)s is printed."),
    "exhibitor.take_in": _l("%(who)s let %(what)s take part."),
    "exhibitor.trust": _l("%(who)s changed whether products of %(what)s are shown without approval."),
    "exhibitor.unpin": _l("%(who)s no longer pins an exhibitor to a booth."),
    "exhibitors.erase": _l("%(who)s erased the contacts of %(erased)s exhibitors."),
    "export.contacts": _l("%(who)s opened a list of people's contacts."),
    "export.make": _l("%(who)s downloaded a table of %(what)s (%(kind)s)."),
    "gate.add": _l("%(who)s added the gate %(what)s."),
    "gate.enrolment_code": _l("%(who)s made a code by which a phone joins the gate %(what)s."),
    "host.close": _l("Shops at %(what)s are no longer read (%(who)s)."),
    "host.open": _l("%(who)s has shops at %(what)s read again."),
    "installation.set_up": _l("%(what)s set up the installation and became its first organizer."),
    "invitation.accept": _l("%(what)s accepted the invitation."),
    "invitation.create": _l("%(who)s invited %(what)s."),
    "invitation.resend": _l("%(who)s sent the invitation to %(what)s again."),
    "invitation.revoke": _l("%(who)s took back the invitation to %(what)s."),
    "layout.change": _l("%(who)s changed the layout %(what)s."),
    "layout.draft": _l("%(who)s drafted the layout %(what)s with %(booths)s booths."),
    "layout.publish": _l("%(who)s published the layout %(what)s."),
    "layout.remove": _l("%(who)s removed the layout %(what)s."),
    "link.send": _l("%(who)s sent somebody the link of their pass by phone."),
    "listing.add": _l("%(who)s added the product %(what)s."),
    "listing.approve": _l("%(who)s approved the product %(what)s."),
    "listing.change": _l("%(who)s changed the product %(what)s."),
    "listing.delete": _l("%(who)s deleted the product %(what)s."),
    "listing.import": _l("%(who)s read products of %(what)s from the shop."),
    "listing.move": _l("%(who)s moved the product %(what)s in its list."),
    "listing.refuse": _l("%(who)s did not approve the product %(what)s."),
    "listing.stop_import": _l("%(who)s stopped reading the shop of %(what)s."),
    "mail_text.change": _l("%(who)s changed the words of an automatic mail of %(what)s."),
    "mail_text.restore": _l("%(who)s gave an automatic mail of %(what)s its first words back."),
    "message.confirm": _l("%(who)s confirmed the message %(what)s: %(mail)s by mail, %(phone)s by phone."),
    "message.pause": _l("%(who)s paused the message %(what)s."),
    "message.remove": _l("%(who)s removed the message %(what)s."),
    "message.resume": _l("%(who)s let the message %(what)s go on."),
    "message.stop": _l("%(who)s stopped the message %(what)s."),
    "message.write": _l("%(who)s wrote the message %(what)s."),
    "occupancy.capacity": _l("%(who)s set the cap of people inside from %(old_capacity)s to %(capacity)s."),
    "occupancy.count": _l("%(who)s counted the people inside: %(inside)s instead of %(old_inside)s."),
    "override.pin_wrong": _l("Somebody typed a wrong supervisor's PIN at the device %(what)s."),
    "pass.revoke": _l("%(who)s withdrew pass %(what)s."),
    "pass.search": _l("Somebody searched for a lost pass at the device %(what)s."),
    "pass.split": _l("The visitor gave %(people)s people of pass %(what)s a pass of their own."),
    "pass.take_back": _l("The visitor took %(people)s people back into pass %(what)s."),
    "pass_key.rotate": _l("%(who)s made a new key that signs passes from %(signs_from)s."),
    "phone_notice.tick": _l("%(who)s noted that somebody was written to by phone."),
    "pin.refuse": _l("%(who)s typed a wrong password while setting a supervisor's PIN."),
    "pin.remove": _l("%(who)s removed their supervisor's PIN."),
    "pin.set": _l("%(who)s set their supervisor's PIN."),
    "plan.import": _l("%(who)s imported a floor plan for %(what)s (version %(version)s)."),
    "plan.picture": _l("%(who)s put a picture under the floor plan."),
    "plan.save": _l("%(who)s saved the floor plan of %(what)s."),
    "proposal.ask": _l("%(who)s asked for a proposal of booths."),
    "proposal.publish": _l("%(who)s published a proposal with %(changes)s changes."),
    "proposal.stop": _l("%(who)s stopped the search for a proposal."),
    "qris.check": _l("%(who)s held the QRIS at booth %(booth)s against that of %(what)s."),
    "qris.register": _l("%(who)s registered the QRIS of %(what)s: %(merchant)s."),
    "qris.remove": _l("%(who)s removed the QRIS of %(what)s."),
    "registration.correct_address": _l("%(who)s corrected the e-mail address of pass %(what)s."),
    "registration.online": _l("%(who)s opened or closed online registration for %(what)s."),
    "round.add": _l("%(who)s planned a disinfection at %(starts_at)s, %(minutes)s minutes."),
    "round.remove": _l("%(who)s removed the disinfection at %(starts_at)s."),
    "round.tick": _l("%(who)s ticked off a disinfection as done."),
    "round.untick": _l("%(who)s took back the tick of a disinfection."),
    "scan.correct": _l("%(who)s corrected a scan to %(people)s people."),
    "scan_conflict.close": _l("%(who)s closed a conflict of scans."),
    "selection.publish": _l("%(who)s published who got a booth: %(with_booth)s of %(applications)s applications."),
    "selection.withdraw": _l("%(who)s took the result of the selection off the public pages."),
    "sheets.make": _l("%(who)s had QR signs for all booths made."),
    "spacing.ask": _l("%(who)s asked which %(count)s booths can stand %(m)s m apart."),
    "storefront.delete": _l("%(who)s removed the shop of %(what)s."),
    "storefront.save": _l("%(who)s set the shop of %(what)s."),
    "takings.correct": _l("%(who)s entered or corrected the takings of %(what)s for %(day)s."),
    "takings.tell": _l("%(who)s told the takings of %(what)s for %(day)s."),
    "user.change_password": _l("%(what)s changed the password."),
    "user.change_recovery_codes": _l("%(what)s changed the recovery codes."),
    "user.change_second_step": _l("%(what)s changed the second step of signing in."),
    "user.create": _l("%(who)s made an account for %(what)s."),
    "user.disable": _l("%(who)s switched off the account of %(what)s."),
    "user.enable": _l("%(who)s switched on the account of %(what)s."),
    "user.end_sign_in": _l("%(who)s signed out another device of %(what)s."),
    "user.give_role": _l("%(who)s gave %(what)s a role."),
    "user.remove_second_step": _l("%(who)s removed the second step of %(what)s."),
    "user.sign_in": _l("%(what)s signed in."),
    "user.sign_out": _l("%(what)s signed out."),
    "user.take_role": _l("%(who)s took a role from %(what)s."),
    "visitor_group.change": _l("%(who)s changed a group of visitors."),
    "visitor_group.create": _l("%(who)s made a group for at most %(most_people)s people."),
    "waiting.add": _l("%(who)s put %(what)s at the end of the waiting list."),
    "waiting.put_back": _l("%(who)s gave %(what)s the old place on the waiting list back."),
    "waiting.put_first": _l("%(who)s put %(what)s first on the waiting list."),
    "waiting.remove": _l("%(who)s took an exhibitor off the waiting list."),
    "waiting.rules": _l("%(who)s changed how booths are offered to those who wait."),
    "waiting_party.remove": _l("%(who)s took a party off the waiting list of a session."),
    "waiting_party.tick": _l("%(who)s noted that a waiting party was written to."),
}
"""``%(who)s`` is who acted, ``%(what)s`` the name of the object; a booth's is told apart into ``%(booth)s`` and
``%(exhibitor)s``. Facts go by their own names, those before the change with ``old_`` in front.
"""

OBJECTS = {
    "application": _l("Application"),
    "badge": _l("Badge"),
    "booth": _l("Booth"),
    "cluster": _l("Cluster"),
    "device": _l("Device"),
    "exhibition": _l("Edition"),
    "exhibitor": _l("Exhibitor"),
    "export": _l("Table to download"),
    "gate": _l("Gate"),
    "host": _l("Address of a shop"),
    "import": _l("Imported list"),
    "invitation": _l("Invitation"),
    "layout": _l("Layout"),
    "list": _l("List of contacts"),
    "listing": _l("Product"),
    "mail_text": _l("Words of a mail"),
    "message": _l("Message"),
    "pass_key": _l("Key for passes"),
    "plan_picture": _l("Picture under the plan"),
    "proposal": _l("Proposal of booths"),
    "registration": _l("Registration"),
    "round": _l("Disinfection"),
    "route": _l("Page"),
    "scan": _l("Scan"),
    "scan_conflict": _l("Conflict of scans"),
    "sheet_run": _l("QR signs"),
    "spacing_run": _l("Question about spacing"),
    "user": _l("Account"),
    "visitor_group": _l("Group of visitors"),
    "takings": _l("Takings"),
    "waiting_party": _l("Waiting party"),
}
"""What the kinds of objects are called."""
OMITTED = "\N{HORIZONTAL ELLIPSIS}"


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return NOTHING


def sentence(entry: AuditEntry) -> str:
    """What happened, in the reader's language; names that were erased and facts that are missing are a dash."""
    return told(entry.action, entry.actor_name, entry.object_name or entry.object_id, entry.before, entry.after)


def told(
    action: str, who: str, what: str, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> str:
    """As ``sentence``, of the parts of an entry. An action of a later version that is not known here stays as it is."""
    if action not in SENTENCES:
        return action
    booth, _space, exhibitor = what.partition(" ")
    facts = _Facts({name: _shown(value) for name, value in {**(before or {}), **(after or {})}.items()})
    facts.update({f"old_{name}": _shown(value) for name, value in (before or {}).items()})
    facts.update(what=what or NOTHING, booth=booth, exhibitor=exhibitor or NOTHING)
    facts["who"] = str(ACTORS.get(who, who)) or NOTHING
    return str(SENTENCES[action]) % facts


class _Omitted(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return OMITTED


def outline(action: str) -> str:
    """An action in words, with dots for who, what and when; one that is not known here stays as it is."""
    return str(SENTENCES[action]) % _Omitted() if action in SENTENCES else action


def object_name(object_type: str) -> str:
    """A kind of object in words; one that is not known here stays as it is."""
    return str(OBJECTS.get(object_type, object_type))


def _shown(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str) and "T" in value:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment_text(moment) if moment.tzinfo else value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
