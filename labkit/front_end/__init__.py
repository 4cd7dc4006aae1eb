"""What all pages have in common, those of the views and those that servers answer with.

Plain JavaScript in ES modules, and CSS. Nothing is built or installed to show them: `joiner` puts
the modules of a page into one text.
"""
