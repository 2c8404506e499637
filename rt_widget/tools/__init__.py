"""Functions of the notebook that a model may call."""

from rt_widget.tools.result import ToolResult
from rt_widget.tools.tool import Tool

__all__ = ["Tool", "ToolResult"]
