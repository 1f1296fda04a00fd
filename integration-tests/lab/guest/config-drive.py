#!/usr/bin/python3 -IS
"""Make this machine what its OpenStack config drive says.

A small stand-in for cloud-init, which takes half a minute under emulation.
At every boot: host name, addresses and routes, SSH keys of root (also the one
that the kernel's command line gives as spillway.ssh-key=BASE64, an ed25519
key). At the first boot of an instance its user data, if it is a script, is
left as an executable file for spillway-user-data.service.

DHCP, DNS, vendor data and user data that is no script are not supported.
"""
import json
import os
import time

MOUNT = "/run/config-drive"
SCRIPT = "/run/spillway/user-data"
INSTANCE = "/run/spillway/instance"  # becomes SEEN when the script has run
SEEN = "/var/lib/spillway/instance"


def read(path, default=""):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return default


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)


def is_config_drive(path):
    """Whether the device at path is labelled config-2 (ISO 9660 or FAT)."""
    try:
        with open(path, "rb") as device:
            fat = device.read(512)
            device.seek(32768)
            iso = device.read(72)
    except OSError:
        return False
    return iso[40:72].strip(b" \0").lower() == b"config-2" or b"CONFIG-2" in fat[:96].upper()


def find_config_drive(wait=10.0):
    """The path of the config drive, or None when it has not come in `wait` seconds."""
    end = time.monotonic() + wait
    while True:
        for name in sorted(os.listdir("/sys/block"), reverse=True):
            if name.startswith(("sr", "vd", "sd")) and is_config_drive("/dev/" + name):
                return "/dev/" + name
        if time.monotonic() > end:
            return None
        time.sleep(0.05)


def prefix(netmask):
    """24 for "255.255.255.0"; a number of bits is returned as it is."""
    if "." not in str(netmask):
        return int(netmask)
    return sum(bin(int(part)).count("1") for part in netmask.split("."))


def ip_commands(network, devices):
    """Lines for `ip -batch`, from network_data.json and a {MAC: device} of this machine."""
    macs = {link["id"]: link["ethernet_mac_address"].lower() for link in network.get("links", [])}
    lines = ["link set lo up"]
    for net in network.get("networks", []):
        device = devices.get(macs.get(net.get("link")))
        if device is None or net.get("type") not in ("ipv4", "ipv6"):
            continue
        address = net["ip_address"]
        if "/" not in address:
            address = "%s/%d" % (address, prefix(net["netmask"]))
        lines.append("link set %s up" % device)
        lines.append("addr replace %s dev %s" % (address, device))
        for route in net.get("routes", []):
            target = "%s/%d" % (route["network"], prefix(route["netmask"]))
            lines.append("route replace %s via %s dev %s" % (target, route["gateway"], device))
    return lines


def ssh_keys(meta, command_line):
    keys = [key.strip() for key in (meta.get("public_keys") or {}).values()]
    for word in command_line.split():
        name, _, value = word.partition("=")
        if name == "spillway.ssh-key":
            keys.append("ssh-ed25519 " + value)
    return keys


def host_name(meta):
    return (meta.get("hostname") or meta.get("name") or "localhost").split(".")[0]


def run(*command):
    status = os.spawnvp(os.P_WAIT, command[0], command)
    if status:
        print("config drive: %s: exit status %d" % (" ".join(command), status), flush=True)


def main():
    drive = find_config_drive()
    if drive is None:
        print("config drive: none found, this machine stays without a name and an address", flush=True)
        run("ip", "link", "set", "lo", "up")
        return
    os.makedirs(MOUNT, 0o700, exist_ok=True)
    run("mount", "-o", "ro", drive, MOUNT)
    latest = MOUNT + "/openstack/latest/"
    meta = json.loads(read(latest + "meta_data.json"))
    network = json.loads(read(latest + "network_data.json", "{}"))
    user_data = read(latest + "user_data")
    run("umount", MOUNT)  # it holds keys that only the script is to read

    name = host_name(meta)
    write("/etc/hostname", name + "\n")
    write("/proc/sys/kernel/hostname", name)

    devices = {}
    for device in os.listdir("/sys/class/net"):
        devices[read("/sys/class/net/%s/address" % device).strip()] = device
    write("/run/spillway/ip", "\n".join(ip_commands(network, devices)) + "\n")
    run("ip", "-batch", "/run/spillway/ip")

    keys = ssh_keys(meta, read("/proc/cmdline"))
    os.makedirs("/root/.ssh", 0o700, exist_ok=True)
    write("/root/.ssh/authorized_keys", "".join(key + "\n" for key in keys), 0o600)

    instance = meta.get("uuid", "")
    if user_data.startswith("#!") and read(SEEN).strip() != instance:
        write(INSTANCE, instance + "\n")
        write(SCRIPT, user_data, 0o700)


if __name__ == "__main__":
    main()
