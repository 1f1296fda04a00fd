"""
Slurm 24.11's scontrol, played: the recorded answers, changed by what it is told.

``scontrol.py FOLDER WORD...``; FOLDER holds the copies of the recorded answers, and ``said`` every
order. Standard library only: it is started often.
"""

import json
import sys
import time
from pathlib import Path

SHOWN = {
    "show nodes --json=v0.0.40": "nodes.json",
    "show jobs --json=v0.0.40": "jobs.json",
    "--oneliner show partition": "partitions.txt",
    "--oneliner show reservation": "reservations.txt",
}
TEXTS = {"NodeAddr": "address", "Comment": "comment", "Extra": "extra", "Reason": "reason"}


def change_nodes(folder, verb, name, settings):
    path = folder / "nodes.json"
    answer = json.loads(path.read_text())
    nodes = {node["name"]: node for node in answer["nodes"]}
    if verb == "create":
        texts = dict.fromkeys(("comment", "extra", "reason"), "")
        nodes[name] = {**nodes["vn01"], **texts, "name": name, "address": name}
        nodes[name]["state"] = ["IDLE", settings["State"], "DYNAMIC_NORM"]
    elif verb == "delete":
        del nodes[name]
    else:
        node = nodes[name]
        node.update({TEXTS[key]: new for key, new in settings.items() if key in TEXTS})
        drained = {"DRAIN": ["DRAIN"], "UNDRAIN": []}.get(settings.get("State"))
        if drained is not None:
            node["state"] = [one for one in node["state"] if one != "DRAIN"] + drained
            node["reason"] = node["reason"] if drained else ""
    path.write_text(json.dumps({**answer, "nodes": list(nodes.values())}))


def change_reservations(folder, verb, name, settings):
    path = folder / "reservations.txt"
    lines = {line.split()[0].partition("=")[2]: line for line in path.read_text().splitlines()}
    if verb == "delete":
        del lines[name]
    else:
        start = int(time.mktime(time.strptime(settings["StartTime"], "%Y-%m-%dT%H:%M:%S")))
        settings.update(StartTime=start, EndTime=start + 60 * int(settings["Duration"]))
        settings["Duration"] = f"{int(settings['Duration']) // 60:02}:00:00"
        words = [f"{key}={value}" for key, value in settings.items()]
        lines[name] = " ".join([f"ReservationName={name}", *words, "State=INACTIVE"])
    path.write_text("\n".join(lines.values()) + "\n")


def main(folder, words):
    text = " ".join(words)
    if text == "--version":
        return print("slurm-wlm 24.11.5")
    if text in SHOWN:
        return print((folder / SHOWN[text]).read_text(), end="")
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    kind = next((kind for kind in ("NodeName", "ReservationName") if kind in settings), None)
    if kind is None and text != "suspend 7" and settings.get("JobId") != "7":
        sys.exit("Unable to contact slurm controller (connect failure)")
    with open(folder / "said", "a", encoding="utf-8") as said:
        said.write(text + "\n")
    if kind:
        change = change_nodes if kind == "NodeName" else change_reservations
        change(folder, words[0], settings.pop(kind), settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
