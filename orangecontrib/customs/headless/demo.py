"""``make demo``: run the shipped footwear workflow without a window and show the result."""
from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

__all__ = ["main"]

RESULT = Path("build/demo/codes.csv")
WORKFLOW = "footwear-hs-code.ows"
COLUMNS = ("good_id", "code", "P(code)", "safe code", "agrees", "next question", "discrepancy")


def main() -> int:
    """Run the workflow, print a table of goods and codes, say where everything is."""
    from orangecontrib.customs.headless.environment import prepare_environment
    prepare_environment(offscreen=True)
    from orangecontrib.customs.headless.runner import run_workflow
    path = Path(str(files("orangecontrib.customs.workflows"))) / WORKFLOW
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    outcome = run_workflow(str(path), save=[f"HS Code Fusion.Codes={RESULT}"], timeout=300)
    for message in outcome.messages:
        if message.level != "Information":
            print(f"{message.widget}: {message.level}: {message.text}", file=sys.stderr)
    table = outcome.outputs.get(("HS Code Fusion", "Codes"))
    if table is None:
        print("the workflow gave no codes", file=sys.stderr)
        return outcome.exit_code or 1
    print(as_text(table, COLUMNS))
    command = Path(sys.executable).parent / "orange-customs"
    print(f"\n{len(table)} goods in {outcome.seconds:.0f} s, nothing left this computer.\n"
          f"Full result (reasons, duties, trace): {RESULT}\n"
          f"Workflow: {path}\n"
          f"Open it in Orange Canvas: {command} canvas {path}")
    return outcome.exit_code


def as_text(table, columns, width: int = 46) -> str:
    """An Orange table as aligned text; long cells are cut."""
    names = {var.name: var for var in table.domain.variables + table.domain.metas}
    shown = [names[name] for name in columns if name in names]
    rows = [[var.name for var in shown]]
    for i in range(len(table)):
        cells = []
        for var in shown:
            value = table[i][var]
            text = f"{float(value):.2f}" if var.is_continuous else var.str_val(value)
            text = "" if text in ("?", "nan") else text
            cells.append(text if len(text) <= width else text[:width - 1] + "…")
        rows.append(cells)
    widths = [max(len(row[j]) for row in rows) for j in range(len(shown))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(lines)


if __name__ == "__main__":
    from orangecontrib.customs.headless.environment import leave
    leave(main())
