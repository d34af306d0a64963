"""
``orange-canvas --no-gui flow.ows``
===================================

::

    orange-canvas --no-gui [options of orange-customs run] flow.ows

Orange Canvas looks for widgets in entry points of the group ``orange.widgets`` and calls those
that are functions. :func:`loader` is one of them; when it sees ``--no-gui`` among the
arguments it runs the workflow as ``orange-customs run`` does, in a process of its own, and ends
Canvas with the same exit code before a window is shown. Otherwise it does nothing, and this
module imports nothing heavy: it is called whenever Canvas starts.

An Orange that knows ``--no-gui`` itself is left alone.

Qt is up by then, and Canvas has no way to start without it. Where there is no display, say so
to Qt: ``QT_QPA_PLATFORM=offscreen orange-canvas --no-gui ...`` or ``orange-canvas -platform
offscreen --no-gui ...``. ``--no-discovery`` keeps Canvas from calling us and is therefore not
supported together with ``--no-gui``; Canvas opens its window. An add-on that Canvas imports
before it comes to us and that calls ``sys.exit`` ends Canvas, with whatever code it likes. None
of this concerns ``orange-customs run``.
"""
import sys
import traceback

__all__ = ["loader"]

_running = False  # pylint: disable=invalid-name


def loader(discovery):
    """
    Run the workflow on Canvas' command line and end the process, if it says ``--no-gui``.

    Parameters
    ----------
    discovery : orangecanvas.registry.discovery.WidgetDiscovery
        The discovery that calls; what it has found so far need not be looked for again.
    """
    global _running  # pylint: disable=global-statement
    # the run makes a discovery of its own, which must not start the next run
    if "--no-gui" not in sys.argv or _running or _canvas_knows_it():
        return
    _running = True
    code = 2
    try:
        code = _run(discovery)
    except SystemExit as stop:  # argparse, after its message
        code = stop.code if isinstance(stop.code, int) else 2
    except BaseException:  # pylint: disable=broad-except
        # discovery swallows exceptions, and Canvas would open and wait for ever
        traceback.print_exc()
    finally:
        from .environment import leave
        leave(code)


def _canvas_knows_it():
    """Whether this Orange has a --no-gui of its own."""
    from Orange.canvas.__main__ import OMain
    return any("--no-gui" in action.option_strings
               for action in OMain().argument_parser()._actions)


def _run(discovery):
    from orangecanvas import config

    from . import cli_run
    args = _parser().parse_args(sys.argv[1:])
    return cli_run.main(args, cached_descriptions=discovery.cached_descriptions,
                        configuration=type(config.default))


def _parser():
    """Canvas' arguments and ours; QApplication.arguments() loses Cyrillic in a C locale."""
    from Orange.canvas.__main__ import OMain

    from .cli_run import add_arguments
    parser = OMain().argument_parser()
    parser.usage = "orange-canvas --no-gui [canvas options] [options of a run] flow.ows"
    parser.add_argument("--no-gui", action="store_true")
    parser.add_argument("-platform", "--platform")  # Qt's own; a screen is none of our business
    add_arguments(parser)
    return parser
