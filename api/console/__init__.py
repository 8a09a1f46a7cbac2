"""The web console: pages for officials, buyers and auditors, written by the service itself.

A page is a module in `pages/`, a template in `templates/` and its texts in `locale/zh/`.
"""

from api.console.problem_pages import ProblemPages
from api.console.site import Console

__all__ = ["Console", "ProblemPages"]
