"""What widgets say, as plain text on one line; without Qt."""
import html
import re

__all__ = ["LEVELS", "plain"]

#: Levels of messages by the severity that Orange gives them
LEVELS = {1: "Information", 2: "Warning", 3: "Error"}

_TAG = re.compile(r"</?(?:a|b|br|code|div|em|h\d|hr|i|li|ol|p|pre|small|span|strong|sub|sup|table|"
                  r"td|th|tr|tt|u|ul)(?:\s+[\w-]+\s*=[^<>]*)?\s*/?>", re.IGNORECASE)


def plain(text):
    """The text of a message that may be HTML; "a < b" and file names stay as they are."""
    text, tags = _TAG.subn(" ", text)
    return html.unescape(text) if tags else text
