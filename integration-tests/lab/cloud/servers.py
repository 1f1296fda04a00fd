"""Prints the servers of all projects as a table. Runs inside the machine `cloud`, for `lab status`."""

import openstack

cloud = openstack.connect(cloud='admin')
cloud.compute.default_microversion = '2.79'
line = '{:10} {:12} {:6} {:12} {}'.format
print(line('SERVER', 'STATUS', 'HOST', 'ADDRESS', 'UUID'))
for server in cloud.compute.servers(all_projects=True):
    addresses = [a['addr'] for network in server.addresses.values() for a in network]
    print(line(server.name, server.status, server.compute_host or '-', ' '.join(addresses) or '-', server.id))
