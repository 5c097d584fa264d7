"""Sending one mail: over SMTP, or into the folder ``outbox`` when no server is set.

``core.outbox`` decides which mails are sent and when to try again.
"""

import re
import smtplib
import ssl
import uuid
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from exhibition.core.config import setting

SMTP_TIMEOUT_S = 20
_LINK = re.compile(
    r"@|https?:|www\.|//|\b[a-z0-9-]+\.(?:com|net|org|id|info|biz|xyz|top|io|me|ru|cn|link|site|online|shop)\b",
    re.IGNORECASE,
)


def bodies(template: str, **values: object) -> tuple[str, str]:
    """The text and the HTML of a mail, from the templates of that name with ``.txt`` and ``.html``."""
    values["holds_link"] = holds_link
    return render_template(f"{template}.txt", **values), render_template(f"{template}.html", **values)


def _header_address(text: str) -> str:
    """The address as a header takes it. Raises ValueError for one that a mail program could read as another one."""
    if not text.isprintable() or "=?" in text or any(sign in text for sign in ',;:<>()" \\'):
        raise ValueError("this is no address that mails may be sent to")
    return text


def holds_link(name: str) -> bool:
    """Whether mail programs would show an address or a link in the name."""
    return _LINK.search(name) is not None


def compose(to: str, subject: str, text: str, html: str | None = None, *, reply_to: str = "") -> EmailMessage:
    """A mail from the fair, with the headers every mail needs. ``reply_to`` is the address that reads answers."""
    sender = setting("MAIL_FROM")
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _header_address(to)
    if reply_to:
        message["Reply-To"] = _header_address(reply_to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def deliver(message: EmailMessage) -> None:
    """Hand the mail to the server of MAIL_URL, or write it to the folder ``outbox``.

    ``smtps`` speaks TLS from the first byte and ``smtp`` insists on STARTTLS; only ``smtp+plain`` does without.
    Raises OSError or smtplib.SMTPException when the server does not take it; the caller tries again.
    """
    address = urlsplit(current_app.config["SETTINGS"]["MAIL_URL"])
    if not address.scheme:
        folder = current_app.config["INSTANCE"] / "outbox"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"{uuid.uuid4().hex}.eml").write_bytes(message.as_bytes())
        return
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            address.hostname or "",
            address.port or 465,
            timeout=SMTP_TIMEOUT_S,
            context=ssl.create_default_context(),
        )
    else:
        server = smtplib.SMTP(address.hostname or "", address.port or 25, timeout=SMTP_TIMEOUT_S)
    with server:
        if address.scheme == "smtp":  # refused by smtplib when the server has no TLS: nothing goes in clear by mistake
            server.starttls(context=ssl.create_default_context())
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)
