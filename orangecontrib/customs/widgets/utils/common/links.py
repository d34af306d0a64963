"""What a widget can know of the links that lead to it."""
from __future__ import annotations

from collections.abc import Collection

from Orange.widgets.widget import OWWidget
from orangecanvas.scheme.node import UserMessage

from orangecontrib.customs.i18n import Joined, Message
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["silent_links"]

words = room("links")


def silent_links(widget: OWWidget, empty: Collection[str]) -> list[Joined]:
    """Which links promise something and bring nothing, with what to do; none outside a workflow.

    Parameters
    ----------
    widget : OWWidget
    empty : collection of str
        Names of its inputs that have nothing.
    """
    workflow = getattr(widget.signalManager, "workflow", lambda: None)()
    if workflow is None:
        return []
    node = workflow.node_for_widget(widget)
    links = [link for link in workflow.find_links(sink_node=node)
             if link.enabled and link.sink_channel.name in empty]
    return [Joined((link.sink_channel.name, _said(workflow, link.source_node)), ": ")
            for link in links]


def _said(workflow, node) -> Message:
    """What is to be done where a node sends nothing: the first trouble at it or before it."""
    waiting, seen = [node], set()
    while waiting:
        some = waiting.pop(0)
        if some in seen:
            continue
        seen.add(some)
        for message in some.state_messages():
            if message.contents and message.severity == UserMessage.Error:
                return words("because", node=some.title, why=message.contents)
        waiting += [link.source_node for link in workflow.find_links(sink_node=some)]
    return words("nothing", node=node.title)
