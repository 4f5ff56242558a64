"""What a person did that cannot be done: one exception type, with the thing, the place and the remedy."""

from __future__ import annotations


class UserError(Exception):
    """Bad input from outside: a file, a flag, an equation.

    The message is complete for its reader: it names the thing, the place and the remedy. The CLI prints it on
    stderr and exits with code 2; the app shows it in place. A traceback means a defect of ours, never a UserError.
    """
