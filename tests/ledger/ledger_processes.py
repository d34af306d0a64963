"""What other processes do to a ledger."""
import os
import signal

from ledger_entries import entry

from orangecontrib.customs.ledger import Ledger


def write(path, name, count, told):
    """Append entries one by one, and tell of each when it is in."""
    ledger = Ledger(path, patience=300)
    for number in range(count):
        ledger.append([entry(f"{name}-{number}", who=name)])
        told.send(number)
    told.close()


def die_in_the_middle(path, making):
    """Be killed between a write and its end; `making`: while the file is made."""
    ledger = Ledger(path)
    with ledger._opened(writing=True) as connection:
        connection.execute("PRAGMA cache_size = 1")  # so that pages go to the disk meanwhile
        if not making:
            for number in range(2000):
                some = entry(f"half-{number}")
                connection.execute(
                    "INSERT INTO entry (id, {}) VALUES (?{})".format(
                        ", ".join(f'"{name}"' for name in list(some.as_row())[1:]),
                        ", ?" * (len(some.as_row()) - 1)), tuple(some.as_row().values()))
        os.kill(os.getpid(), signal.SIGKILL)
