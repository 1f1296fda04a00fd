"""The extension's manual: what its docstrings say, a page a module."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

project = "saltext-spillway"
extensions = ["sphinx.ext.autodoc"]
# neither is needed to read docstrings
autodoc_mock_imports = ["salt", "openstack", "keystoneauth1"]
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "exclude-members": "__virtual__"}
html_theme = "alabaster"
html_show_copyright = False
