from exhibition.demo import messages
from exhibition.messages import mail_wording, message_log, previews
from exhibition.messages.rules.states import MessageState
from exhibition.venue.edition import mail_texts
from exhibition.venue.models import Exhibition


def test_the_drafts_can_be_looked_at_and_nothing_is_sent(exhibition: Exhibition) -> None:
    assert messages.add(exhibition) == 2
    drafts = message_log.of_edition(exhibition)
    assert [one.state for one in drafts] == [MessageState.DRAFT] * 2
    for_exhibitors = previews.preview(exhibition, drafts[0])
    assert for_exhibitors.reach.total > 0
    assert all("{" not in letter.text for letter in for_exhibitors.letters)


def test_one_automatic_mail_has_words_of_its_own(exhibition: Exhibition) -> None:
    messages.add(exhibition)
    own = mail_texts.own_words(exhibition, "allocation.confirmed")
    shown = mail_wording.shown(exhibition, mail_wording.find("allocation.confirmed"), own)
    assert [one.made.subject.count("A01") for one in shown] == [1, 1]
