"""
What every state of this extension answers.
"""

from salt.exceptions import CommandExecutionError

from saltext.spillway.utils.errors import SpillwayError


def answer(name, changes, comment, test):
    """
    Return a state's answer: nothing to do (``changes`` empty), done, or what a test run would do.
    """
    result = None if test and changes else True
    return {"name": name, "changes": changes, "result": result, "comment": comment}


def said(subject, changes, state, test):
    """Return the comment on a subject that is, or has been made, or would be made ``state``."""
    if not changes:
        return f"{subject}: {state} already"
    return f"{subject}: {'would be changed' if test else 'changed'} to {state}"


def run(name, work):
    """Return what ``work()`` returns; a state that failed if it raises one of our errors."""
    try:
        return work()
    except (SpillwayError, CommandExecutionError) as exc:
        return {"name": name, "changes": {}, "result": False, "comment": str(exc)}
