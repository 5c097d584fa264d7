"""Problems of reading a shop, in the seller's language: where it is, what it is, and what to do about it."""

import re
from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.storefront.reading import Code

ADVICE: dict[Code, LazyString] = {
    Code.EMPTY: _l("There is nothing in it. Export your products again and choose the new file."),
    Code.UNREADABLE: _l("We cannot read this as a list of products. Save it as CSV or Excel (.xlsx)."),
    Code.WORKBOOK_LOCKED: _l("This workbook has a password. Save it without a password and try again."),
    Code.WORKBOOK_UNKNOWN: _l("This is an older or other kind of workbook. Save it as XLSX and try again."),
    Code.UNKNOWN_TEXT: _l("There is no line of headings. Begin the table with a line like: title, price, link."),
    Code.UNKNOWN_XML: _l("This is not a product feed. Look for the address of the Google product feed in your shop."),
    Code.UNKNOWN_JSON: _l("We do not know this kind of product list. Give the address of your shop instead."),
    Code.WIX_EXPORT: _l("This Wix export has no links, pictures or currency. Give the product feed of your shop."),
    Code.NO_TITLES: _l("This file has no product names. Choose the list of products, not the list of stock."),
    Code.NO_PRODUCTS: _l("No products were found. Give the address of a product list, or a CSV or Excel file."),
    Code.LINK_ONLY: _l(
        "This platform lets nobody read its shops. Your link is kept; enter products by hand or by file."
    ),
    Code.WRONG_API: _l("This address is for the shop's own administration. Give the address that customers use."),
    Code.TOO_LARGE: _l("It is too large. Export fewer products at a time."),
    Code.TOO_MANY: _l("There are more products than fit. The first 500 are taken; leave some out to choose yourself."),
    Code.ENCODING_GUESSED: _l("Some letters may look wrong. Save the file as CSV UTF-8 if they do."),
    Code.XML_REPAIRED: _l("The feed has mistakes that we could mend. Look whether all products are there."),
    Code.XML_DOCTYPE: _l("The feed has a document type of its own, which was ignored. You do not have to do anything."),
    Code.XML_BROKEN: _l("A part of the feed could not be read. Tell whoever made your shop that the feed is broken."),
    Code.JSON_BROKEN: _l("The answer of your shop broke off. What came before was read; try again later."),
    Code.JSONLD_REPAIRED: _l("The product data in the page have mistakes that we could mend. Compare name and price."),
    Code.JSONLD_BROKEN: _l("The product data in the page could not be read. Enter this product by hand."),
    Code.ROW_BROKEN: _l("A quotation mark in this row is never closed. Look at the row and delete the mark."),
    Code.ROW_EXPLAINS: _l("This row explains the columns and is not a product. You do not have to do anything."),
    Code.ROW_SHIFTED: _l(
        "This row has more cells than there are headings and was left out. Look for a comma too many."
    ),
    Code.NOT_FOR_SALE: _l(
        "Your shop does not sell this product now (draft, hidden, archived or switched off), so it was left out."
        " Publish it in your shop first if it is to be shown."
    ),
    Code.TITLE_MISSING: _l("This product has no name and was left out. Give it a name."),
    Code.ID_DUPLICATE: _l("Another product has the same number. Give each product a number of its own."),
    Code.ID_SPOILED: _l("The spreadsheet has rounded this number. Format the column as text and type it again."),
    Code.PRICE_MISSING: _l("There is no price. Visitors are told to ask you; write a price if you want it shown."),
    Code.PRICE_UNREADABLE: _l("This price could not be understood. Write it with digits only, like 15000."),
    Code.PRICE_AMBIGUOUS: _l("This price can mean two amounts, so none is shown. Write it like 15000, without marks."),
    Code.PRICE_RANGE: _l("This is a range of prices, so none is shown. Write one price, or a product for each."),
    Code.PRICE_FROM: _l("The product has several prices; the lowest is shown."),
    Code.PRICE_DUPLICATE: _l("Different prices stand side by side. Keep one of them."),
    Code.PRICE_CONFLICT: _l("The page names two different prices. Look which one is right and correct your shop."),
    Code.PRICE_IMPLAUSIBLE: _l(
        "This price is so small that the point of the thousands may have been lost. Type the right price below."
    ),
    Code.PRICE_ZERO: _l("The price is zero. Write the real price, or leave it empty if people should ask."),
    Code.SALE_PRICE_DROPPED: _l("The sale price is unclear or above the price, so only the price is shown."),
    Code.SALE_PRICE_DATED: _l("The sale price holds on certain days only. Look at it again when the sale is over."),
    Code.CURRENCY_MISSING: _l(
        "The price names no currency, so it is not shown. Read your shop again and choose the currency."
    ),
    Code.CURRENCY_UNKNOWN: _l("It is not clear which currency this is. Write IDR or Rp with the price."),
    Code.CURRENCY_CONFLICT: _l("Two currencies are named for one price. Keep the right one."),
    Code.AVAILABILITY_UNKNOWN: _l("We could not tell whether this is in stock. Write in_stock or out_of_stock."),
    Code.LINK_MISSING: _l("There is no link to the product. Visitors are led to your shop or WhatsApp instead."),
    Code.LINK_REFUSED: _l("This link is not a web address and was left out. A link begins with https://."),
    Code.LINK_RELATIVE: _l(
        "This link is only part of an address and was left out. Write all of it, beginning with https://."
    ),
    Code.LINK_IS_IMAGE: _l("Link and picture may be swapped. Look at both columns."),
    Code.IMAGE_REFUSED: _l("The picture's address is not a web address and was left out. Add a photo by hand."),
    Code.IMAGE_RELATIVE: _l("The picture's address is only part of one and was left out. Add a photo by hand."),
}

FAILURES: dict[str, LazyString] = {
    "address_refused": _l("This address is not on the public internet. Copy the address that your customers use."),
    "unreachable": _l("Your shop does not answer. Look whether the address is right, or try again in an hour."),
    "too_slow": _l("Your shop took longer than 20 seconds to answer. Try again later, or choose a file."),
    "too_large": _l("What your shop sends is larger than 5 MB. Export your products and choose the file."),
    "too_many_redirects": _l("The address leads on and on. Open it in a browser and copy the address you end at."),
    "status": _l("Your shop does not let us in or has no such page. Look whether the address is right."),
    "link_only": ADVICE[Code.LINK_ONLY],
    "nothing_found": _l("No products were found there. Below is why."),
    "file_too_heavy": _l("It takes too much memory or time to read. Export fewer products, or save the file anew."),
    "file_unreadable": _l("It cannot be read. Export your products again, as CSV if you can, and choose the file."),
    "reading_busy": _l("Too many shops were being read at that moment. Nothing was changed; start it again."),
    "interrupted": _l("The reading was cut off. Nothing was changed; start it again."),
    "internal": _l("Something went wrong on our side. Nothing was changed; start it again, or choose a file."),
}
"""Why nothing could be read, by ``ImportRun.failure``."""

_PLACES = {
    "row": _l("Row %(number)s"),
    "item": _l("Product %(number)s"),
    "line": _l("Line %(number)s"),
    "page": _l("Page %(number)s"),
    "JSON-LD block": _l("Data block %(number)s"),
}


def failure(code: str) -> str:
    return str(FAILURES.get(code, FAILURES["internal"]))


def place(where: str) -> str:
    """``row 12`` in the reader's language; a place without a translation is left as it is."""
    if where == "file":
        return _("The whole file")
    return ", ".join(_part(part.strip()) for part in where.split(","))


def _part(where: str) -> str:
    found = re.fullmatch(r"(row|item|line|page|JSON-LD block) (\d+)", where)
    return str(_PLACES[found[1]]) % {"number": found[2]} if found else where


def advice(problem: Mapping[str, str]) -> str:
    """The sentence for a problem as a run stores it."""
    return str(ADVICE[Code(problem["code"])]) if problem["code"] in set(Code) else problem["code"]
