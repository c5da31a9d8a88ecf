"""Which codes the errors of the API can have: read from the code that raises them."""

from .page import render

__all__ = ["render"]
