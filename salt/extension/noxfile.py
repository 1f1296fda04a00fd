"""
The sessions that those who know Salt extensions expect; ``./test`` does the work.

``nox -e tests-3`` (``-- -k hostlist`` for pytest), ``nox -e "tests-3(salt='3006.28')"``, ``lint``,
``docs`` (into ``docs/_build/html``), ``build`` (into ``dist``). Python is that of ``./test``
(``PYTHON``, default python3.11), which keeps its virtual environments itself.
"""

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "tests-3"]

OLDEST, NEWEST = "3006.28", "3008.3"


@nox.session(name="tests-3", python=False)
@nox.parametrize("salt", [OLDEST, NEWEST])
def tests(session, salt):
    """The wheel's tests with one Salt; unit, functional, integration."""
    session.run("./test", salt, "--", *session.posargs, external=True)


@nox.session(python=False)
def lint(session):
    """Ruff, and the types by mypy."""
    session.run("./test", "lint", external=True)


@nox.session(python=False)
def docs(session):
    """The changelog's draft and the manual."""
    session.run("./test", "docs", external=True)


@nox.session(python=False)
def build(session):
    """Sdist and wheel."""
    session.run("./test", "build", external=True)
