"""Runs notebooks from a fresh tslab kernel, one after the other, and checks what they leave.

A notebook passes when every cell replied "ok", every code cell was counted (tslab drops the requests that arrive in the 200 ms
after an error), nothing was written to stderr, no output names a folder of this machine, and every output that a cell's metadata
expects is there:

    "taskloom": {"expect": ["positive|negative", "application/vnd.plotly.v1+json"], "stderr": false}

An expectation is a mime type or a regular expression for the cell's text. Committed files change only with --write.
"""
import argparse
import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

LIMIT_SECONDS = 600
MIME = re.compile(r"^[a-z]+/[\w.+-]+$")
DROPPED = "the kernel dropped this cell"
# JupyterLab's plotly renderer adds a picture to what it shows; the figure itself and its SVG are what is kept.
PLOTLY = "application/vnd.plotly.v1+json"


def joined(text):
    return "".join(text) if isinstance(text, list) else str(text)


def text_of(cell):
    """Everything a reader sees as text in a cell's outputs."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            parts.append(joined(output["text"]))
        else:
            parts += [joined(value) for mime, value in output.get("data", {}).items() if mime.startswith("text/")]
    return "\n".join(parts)


def problems_of(cell, root):
    """What is wrong with an executed code cell, as lines for a person."""
    marks = cell["metadata"].get("taskloom", {})
    if not joined(cell["source"]).strip():
        return []
    problems = []
    if cell.get("execution_count") is None:
        problems.append(DROPPED)
    stderr = "".join(joined(o["text"]) for o in cell["outputs"] if o["output_type"] == "stream" and o["name"] == "stderr")
    if stderr and not marks.get("stderr", False):
        problems.append("wrote to stderr: " + stderr.strip()[:2000])
    mimes = {mime for output in cell["outputs"] for mime in output.get("data", {})}
    text = text_of(cell)
    for expected in marks.get("expect", []):
        if MIME.match(expected):
            if expected not in mimes:
                problems.append(f"no output of type {expected} (got {', '.join(sorted(mimes)) or 'none'})")
        elif not re.search(expected, text):
            problems.append(f"no output matches /{expected}/; the text is:\n{text.strip()[:2000]}")
    if not stderr and json.dumps(str(root))[1:-1] in json.dumps(cell["outputs"], ensure_ascii=False):
        problems.append(f"an output names this machine's folder {root}")
    return problems


def cleaned(notebook):
    """The notebook as it is committed: outputs, but no times and nothing of this machine."""
    notebook["metadata"] = {
        "kernelspec": {"display_name": "TypeScript (tslab)", "language": "typescript", "name": "tslab"},
        "language_info": {"file_extension": ".ts", "mimetype": "text/typescript", "name": "typescript"},
    }
    for cell in notebook["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in ("taskloom", "tags")}
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PLOTLY in data:
                data.pop("image/png", None)
    return notebook


async def execute(notebook, folder):
    from nbclient import NotebookClient

    client = NotebookClient(
        notebook, timeout=LIMIT_SECONDS, kernel_name="tslab", record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    try:
        await asyncio.wait_for(client.async_execute(), LIMIT_SECONDS)
    finally:
        if client.km is not None and await client.km.is_alive():
            await client.km.shutdown_kernel(now=True)


def check(path, root, write):
    """Runs one notebook; returns its problems, each a text for a person."""
    import nbformat
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    stopped = None
    try:
        asyncio.run(execute(notebook, path.parent))
    except (asyncio.TimeoutError, CellTimeoutError):
        stopped = f"was not finished after {LIMIT_SECONDS} s"
    except DeadKernelError:
        stopped = "was running when the kernel died"
    except CellExecutionError:
        stopped = "failed"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    counted = [number for number, cell in enumerate(code) if cell.get("execution_count") is not None]
    last = max(counted, default=-1)
    if stopped is not None:
        # A failed cell was counted, a cell in which the kernel died was not; what comes after it never ran.
        last = last if stopped == "failed" else min(last + 1, len(code) - 1)
        code = code[: last + 1]
    problems = []
    for number, cell in enumerate(code):
        found = problems_of(cell, root)
        if stopped is not None and number == last:
            found = [f"this cell {stopped}", *(problem for problem in found if problem != DROPPED)]
        if found:
            shown = "\n".join("    | " + line for line in cell.source.splitlines())
            said = "\n".join("    " + line for problem in found for line in problem.splitlines())
            problems.append(f"  code cell {number + 1}:\n{shown}\n{said}")
    if stopped is not None and not problems:
        problems = [f"  the notebook {stopped}"]
    if write and not problems:
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        nbformat.write(cleaned(notebook), temporary)
        os.replace(temporary, path)
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="where to write what passed")
    parser.add_argument("--write", action="store_true", help="keep the new outputs in the notebooks that pass")
    options = parser.parse_args()
    os.environ.pop("TASKLOOM_FAST", None)
    results = []
    for path in options.notebooks:
        start = time.monotonic()
        problems = check(path.resolve(), options.root.resolve(), options.write)
        seconds = time.monotonic() - start
        print(f"{'FAIL' if problems else 'pass'}  {path.name}  {seconds:.1f} s", flush=True)
        for problem in problems:
            print(problem, flush=True)
        results.append({"name": path.name, "passed": not problems, "seconds": round(seconds, 1)})
    if options.json:
        options.json.write_text(json.dumps(results))
    return 1 if any(not result["passed"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
