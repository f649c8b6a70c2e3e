"""The texts of the page, one module a language."""
