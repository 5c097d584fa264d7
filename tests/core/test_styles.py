"""Stylesheets, scripts and markup agree: every styled class is used, and every loaded file exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from exhibition.core.config import PROJECT

STATIC = PROJECT / "static"
STYLES, SCRIPTS, VENDORED = STATIC / "css", STATIC / "js", STATIC / "vendor"
TEMPLATES = PROJECT / "templates"
PACKAGE = PROJECT / "exhibition"

WORD = re.compile(r"[\w-]+")
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATIONS = re.compile(r"\{[^{}]*\}")
SELECTED_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
SCRIPT_STRING = re.compile(r'"([^"\n]*)"|`([^`]*)`')
EXPRESSION, STATEMENT, COMMENT = (re.compile(mark, re.DOTALL) for mark in (r"\{\{.*?\}\}", r"\{%.*?%\}", r"\{#.*?#\}"))
JINJA_STRING = re.compile(r"'([^']*)'")
TRANSLATED = re.compile(r"\b(?:_|ngettext)\((?:'(?:[^'\\]|\\.)*'(?:, )?)+")
CLASS_ATTRIBUTE = re.compile(r'\bclass="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"')
LINKED = {"css": re.compile(r"\bstylesheets\(([^)]*)\)"), "js": re.compile(r"\bmodules\(([^)]*)\)")}
FILE = {kind: re.compile(rf"\b{kind}/([\w/]+)\.{kind}\b") for kind in LINKED}
SOMETHING = "\0"
PHYSICAL = re.compile(
    r"(?:(?<=[{;])|^)\s*((?:min-|max-)?(?:width|height)|(?:(?:margin|padding|border)-)?(?:left|right|top|bottom)"
    r"(?:-(?:color|style|width))?|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float): (?:left|right))\b"
    r"\s*[:;]",
    re.MULTILINE,
)
IMPORT = re.compile(r"@import url\([^)]*\) layer\(\w+\);")
COMPONENTS = {"bars", "drawer", "empty", "filters", "message", "more-filters", "table-frame", "tabs", "tag", "timeline"}
"""Classes that a macro gives."""
LAYERS = {"tokens.css": "tokens", "elements.css": "base", "base.css": "base", "desk.css": "base"}


def styled(folder: Path) -> set[str]:
    """The classes in the selectors of a folder's stylesheets."""
    texts = (STYLE_COMMENT.sub("", file.read_text()) for file in folder.rglob("*.css"))
    return {name for text in texts for name in SELECTED_CLASS.findall(DECLARATIONS.sub("{}", text))}


def templates() -> Iterator[str]:
    """The templates of pages and their parts; mails have their own styles."""
    for file in TEMPLATES.rglob("*.html"):
        if not {"mail", "email"} & set(file.parts):
            yield COMMENT.sub("", file.read_text())


def in_scripts() -> set[str]:
    """Every word in a string of our scripts."""
    texts = (STYLE_COMMENT.sub("", file.read_text()) for file in SCRIPTS.rglob("*.js"))
    return {
        word for text in texts for strings in SCRIPT_STRING.findall(text) for word in WORD.findall(" ".join(strings))
    }


def in_templates() -> set[str]:
    """Every word in a class attribute or in a string of template code, except texts for people."""
    found: set[str] = set()
    for text in templates():
        for value in CLASS_ATTRIBUTE.findall(text):
            found.update(WORD.findall(value))
        for code in (*EXPRESSION.findall(text), *STATEMENT.findall(text)):
            found.update(
                word for string in JINJA_STRING.findall(TRANSLATED.sub("", code)) for word in WORD.findall(string)
            )
    return found


def in_modules() -> set[str]:
    """Strings of one word, and the class attributes in markup made by Python."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(WORD.findall(node.value) if WORD.fullmatch(node.value) else ())
                found.update(word for value in CLASS_ATTRIBUTE.findall(node.value) for word in WORD.findall(value))
    return found


def given() -> set[str]:
    """The classes that templates contain literally, not through an expression."""
    values = (value for text in templates() for value in CLASS_ATTRIBUTE.findall(text))
    plain = (STATEMENT.sub("", EXPRESSION.sub(SOMETHING, value)) for value in values)
    return {name for value in plain for name in value.split() if SOMETHING not in name}


def linked(kind: str) -> set[str]:
    """The stylesheets (``css``) or scripts (``js``) that pages load, without their extension."""
    found: set[str] = set()
    for text in templates():
        found.update(FILE[kind].findall(text))
        found.update(name for names in LINKED[kind].findall(text) for name in JINJA_STRING.findall(names))
    return found


def files(kind: str) -> set[str]:
    folder = STATIC / kind
    return {file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob(f"*.{kind}")}


def test_every_class_that_is_styled_is_given_somewhere() -> None:
    ours = styled(STYLES)
    assert len(ours) > 100
    by_libraries = styled(VENDORED)  # uPlot sets these classes, and our stylesheets may restyle them
    assert ours - in_templates() - in_scripts() - in_modules() - by_libraries == set()


def test_every_class_in_a_template_is_known_to_a_stylesheet_or_a_script() -> None:
    classes = given()
    assert len(classes) > 100
    assert classes - styled(STYLES) - styled(VENDORED) - in_scripts() == set()


def test_no_page_writes_the_markup_of_a_component() -> None:
    """It stands in ``templates/components/`` and ``_macros.html`` alone."""
    writing = {
        f"{file.relative_to(TEMPLATES)}: {name}"
        for file in TEMPLATES.rglob("*.html")
        if file.parent != TEMPLATES / "components" and file.name != "_macros.html"
        for value in CLASS_ATTRIBUTE.findall(COMMENT.sub("", file.read_text()))
        for name in EXPRESSION.sub(SOMETHING, STATEMENT.sub(SOMETHING, value)).split()
        if name in COMPONENTS
    }
    assert writing == set()


def test_every_stylesheet_is_linked_by_a_page_and_every_link_leads_to_one() -> None:
    assert linked("css") == files("css")


def test_every_stylesheet_stands_in_the_layer_of_its_place() -> None:
    """A page's rule wins over a component's and that over an element's, whatever their selectors (ADR 21)."""
    wrong: list[str] = []
    for file in STYLES.rglob("*.css"):
        text = STYLE_COMMENT.sub("", file.read_text()).strip()
        name = file.relative_to(STYLES).as_posix()
        layer = LAYERS.get(name) or ("components" if name.startswith("components/") else "pages")
        if name == "tokens.css":
            text = text.removeprefix("@layer tokens, base, components, pages;").strip()
        text = IMPORT.sub("", text).strip()
        if not (text.startswith(f"@layer {layer} {{") and _is_one_block(text)):
            wrong.append(name)
    assert wrong == []


def test_sizes_and_places_are_said_in_logical_properties() -> None:
    """So that a page in a script from right to left needs no other styles; conditions of ``@media`` know no others."""
    wrong = [
        f"{file.relative_to(STYLES)}: {found}"
        for file in STYLES.rglob("*.css")
        for found in PHYSICAL.findall(STYLE_COMMENT.sub("", file.read_text()))
    ]
    assert wrong == []


def _is_one_block(text: str) -> bool:
    """Whether nothing stands outside the first block."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "}" and depth == 0:
            return place == len(text) - 1
    return False


def test_every_script_that_a_page_loads_is_there() -> None:
    assert linked("js")
    assert linked("js") <= files("js")
