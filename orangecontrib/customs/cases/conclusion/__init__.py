"""The conclusion: a page per good that one prints and signs, as HTML; Qt makes the PDF of it."""
from .content import Conclusion, Exhibit, conclusion_of, exhibits_of
from .page import document, fragment, page, title_of_all

__all__ = ["Conclusion", "Exhibit", "conclusion_of", "document", "exhibits_of", "fragment",
           "page", "title_of_all"]
