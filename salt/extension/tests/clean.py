"""
What Salt's loader finds of the extension where nothing but Salt and the wheel is installed.

``python tests/clean.py``; the cloud driver needs openstacksdk and says so.
"""

import importlib.metadata
import importlib.resources
import logging
import sys
import tempfile
from pathlib import Path

import salt.config
import salt.loader

EXPECTED = {
    "modules": {"slurm", "munge", "spillway_node"},
    "states": {"slurm_node", "slurm_reservation", "munge"},
    "engines": {"slurm_events"},
    "runners": {"spillway"},
}


def main():
    logging.disable()  # of Salt's own modules
    with tempfile.TemporaryDirectory() as folder:
        config = f"root_dir: {folder}\nid: clean\nfile_client: local\n"
        for name in ("minion", "master"):
            Path(folder, name).write_text(config, encoding="ascii")
        minion = salt.config.minion_config(str(Path(folder, "minion")))
        minion["grains"] = {"os": "Debian", "os_family": "Debian", "kernel": "Linux"}
        modules = salt.loader.minion_mods(minion)
        utils = salt.loader.utils(minion)
        found = {
            "modules": modules,
            "states": salt.loader.states(minion, modules, utils, None),
            "engines": salt.loader.engines({**minion, "__role": "minion"}, {}, {}, {}),
            "runners": salt.loader.runner(salt.config.master_config(str(Path(folder, "master")))),
        }
        for kind, names in EXPECTED.items():
            functions = [key for key in found[kind] if key.split(".")[0] in names]
            missing = names - {key.split(".")[0] for key in functions}
            if missing:
                sys.exit(f"{kind}: not loaded: {', '.join(sorted(missing))}")
            print(f"{kind}: {len(functions)} functions of {', '.join(sorted(names))}")
    from saltext.spillway.clouds import openstack

    said = openstack.__virtual__()
    if said is True or "openstacksdk" not in said[1]:
        sys.exit(f"the driver without openstacksdk says {said}")
    if not importlib.resources.files("saltext.spillway").joinpath("py.typed").is_file():
        sys.exit("py.typed is not in the wheel")
    print("saltext-spillway", importlib.metadata.version("saltext-spillway"))


if __name__ == "__main__":
    main()
