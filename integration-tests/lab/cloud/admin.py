"""What stands before each script that makes something in the cloud: its administrator, and how to wait."""

import sys
import time

import openstack
from keystoneauth1.exceptions import ClientException

HOSTS = {'cn01', 'cn02'}

cloud = openstack.connect(cloud='admin')


def wait_until(what, ready, seconds=120):
    """Asks `ready` until it says yes; services that still start may refuse in any way meanwhile."""
    end = time.monotonic() + seconds
    last = 'no answer'
    while time.monotonic() < end:
        try:
            if ready():
                return
            last = 'not yet'
        except (ClientException, openstack.exceptions.SDKException, OSError) as error:
            last = error
        time.sleep(0.3)
    sys.exit(f'{what} not within {seconds} s: {last}')
