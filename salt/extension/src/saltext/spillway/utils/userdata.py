"""
The first-boot script that makes a new server a Salt minion.
"""

import shlex
from pathlib import Path

import jinja2

from saltext.spillway.utils.errors import BAD_INPUT, SpillwayError

# Nova's own limit is 65535 bytes of base64.
_LONGEST = 65535 // 4 * 3

TEMPLATE = """\
#!/bin/sh
# Makes this server the Salt minion {{ id }}. Runs as root; a second run changes nothing.
set -eu
umask 077
pki=/etc/salt/pki/minion
mkdir -p "$pki" /etc/salt/minion.d
chmod 755 /etc/salt /etc/salt/minion.d
changed=

put() { # PATH MODE, content from standard input
    cat > "$1.new"
    if cmp -s "$1.new" "$1"; then
        rm "$1.new"
        return
    fi
    chmod "$2" "$1.new"
    mv "$1.new" "$1"
    changed=yes
}

put "$pki/minion.pem" 400 <<'SPILLWAY'
{{ private_key }}
SPILLWAY
put "$pki/minion.pub" 644 <<'SPILLWAY'
{{ public_key }}
SPILLWAY
{%- if master_key %}
put "$pki/minion_master.pub" 644 <<'SPILLWAY'
{{ master_key }}
SPILLWAY
{%- endif %}
put /etc/salt/minion.d/spillway.conf 644 <<'SPILLWAY'
{{ minion_config }}
SPILLWAY

[ -n "$changed" ] || exit 0
if [ -d /run/systemd/system ]; then
    systemctl is-enabled --quiet salt-minion || systemctl enable --quiet salt-minion
    # this script may itself be part of the boot that the minion waits for
    systemctl restart --no-block salt-minion
else
    service salt-minion restart
fi
"""


def render(values, path=None):
    """
    Return the script, from the template in ``path`` or ours.

    values
        ``id``, ``private_key``, ``public_key``, ``master_key`` (or empty), ``minion_config``
        (YAML) and, for templates of a site, ``name`` and ``metadata``. The filter ``sh`` quotes
        for a shell.
    """
    template = TEMPLATE
    if path:
        try:
            template = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            raise SpillwayError(BAD_INPUT, f"userdata_file {path}: {exc}") from None
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 a shell script, not a page
    )
    environment.filters["sh"] = lambda value: shlex.quote(str(value))
    values = {k: v.strip() if isinstance(v, str) else v for k, v in values.items()}
    if any(line == "SPILLWAY" for line in values["minion_config"].splitlines()):
        raise SpillwayError(BAD_INPUT, "the minion's configuration holds the line SPILLWAY")
    try:
        text = environment.from_string(template).render(values)
    except jinja2.TemplateError as exc:
        # never the exception's context: it may hold the key
        raise SpillwayError(BAD_INPUT, f"userdata_file {path}: {exc}") from None
    if len(text.encode()) > _LONGEST:
        raise SpillwayError(BAD_INPUT, f"the user data is longer than {_LONGEST} bytes")
    return text
