from __future__ import annotations

import subprocess
import sys


def test_importing_the_tools_loads_no_library_that_only_tools_need() -> None:
    code = """
import sys
import rt_widget.tools.notebook
heavy = {"pydantic", "docstring_parser", "matplotlib", "pandas", "polars", "PIL"}
print(sorted(heavy & set(sys.modules)))
rt_widget.tools.Tool.of(rt_widget.tools.notebook.show_plot)
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n['docstring_parser', 'pydantic']\n"
