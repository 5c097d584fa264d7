"""The text and pictures of a PDF's pages, by pdfium."""

import pypdfium2
from PIL import Image

DOTS_PER_POINT = 2
DOTS_PER_INCH = 72 * DOTS_PER_POINT


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def page_count(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def pictures(pdf: bytes) -> list[Image.Image]:
    """A picture of each page, at DOTS_PER_INCH."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=DOTS_PER_POINT).to_pil() for page in document]
