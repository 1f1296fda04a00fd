"""Run with: python3 -m unittest discover -s integration-tests/lab/guest"""
import importlib.util
import os
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("config_drive", os.path.join(HERE, "config-drive.py"))
drive = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(drive)

NETWORK = {
    "links": [{"id": "tap1", "ethernet_mac_address": "FA:16:3E:00:00:01"}],
    "networks": [{
        "id": "network0", "link": "tap1", "type": "ipv4",
        "ip_address": "10.78.0.101", "netmask": "255.255.255.0",
        "routes": [{"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "10.78.0.254"}],
    }],
}


class ConfigDrive(unittest.TestCase):
    def test_address_and_route(self):
        self.assertEqual(
            drive.ip_commands(NETWORK, {"fa:16:3e:00:00:01": "eth0"}),
            ["link set lo up", "link set eth0 up", "addr replace 10.78.0.101/24 dev eth0",
             "route replace 0.0.0.0/0 via 10.78.0.254 dev eth0"])

    def test_a_device_that_is_not_here_is_left_out(self):
        self.assertEqual(drive.ip_commands(NETWORK, {"fa:16:3e:00:00:02": "eth0"}), ["link set lo up"])

    def test_dhcp_is_left_out(self):
        network = {"links": NETWORK["links"], "networks": [{"link": "tap1", "type": "ipv4_dhcp"}]}
        self.assertEqual(drive.ip_commands(network, {"fa:16:3e:00:00:01": "eth0"}), ["link set lo up"])

    def test_prefix(self):
        self.assertEqual([drive.prefix(mask) for mask in ("255.255.255.0", "255.255.240.0", "0.0.0.0", "64")],
                         [24, 20, 0, 64])

    def test_keys_of_the_instance_and_of_the_command_line(self):
        self.assertEqual(drive.ssh_keys({"public_keys": {"a": "ssh-rsa AA a\n"}}, "quiet spillway.ssh-key=AAAA= rw"),
                         ["ssh-rsa AA a", "ssh-ed25519 AAAA="])
        self.assertEqual(drive.ssh_keys({"public_keys": None}, ""), [])

    def test_host_name(self):
        self.assertEqual(drive.host_name({"hostname": "vn01.novalocal", "name": "x"}), "vn01")
        self.assertEqual(drive.host_name({}), "localhost")

    def test_a_drive_is_known_by_its_label(self):
        iso = bytearray(40000)
        iso[32768 + 40:32768 + 48] = b"config-2"
        fat = bytearray(512)
        fat[43:54] = b"CONFIG-2   "
        for content, expected in ((iso, True), (fat, True), (bytes(40000), False), (b"", False)):
            with tempfile.NamedTemporaryFile() as file:
                file.write(content)
                file.flush()
                self.assertEqual(drive.is_config_drive(file.name), expected)
        self.assertFalse(drive.is_config_drive("/no/such/device"))


if __name__ == "__main__":
    unittest.main()
