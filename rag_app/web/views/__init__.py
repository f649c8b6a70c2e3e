"""One module a page of the app, each with a function `page` that draws it."""
