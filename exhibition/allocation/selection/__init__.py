"""The result of a selection, published so that anybody can check it (docs/selection.md)."""
