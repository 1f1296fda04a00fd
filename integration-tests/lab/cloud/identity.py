"""identity.py PASSWORD FILE: projects, users, roles, services and endpoints in a Keystone that has just been
bootstrapped; PASSWORD is the administrator's and all services'. The product's account goes into FILE, a clouds.yaml.

One process, because each call of the command line client costs two seconds.
"""

import secrets
import sys
import time

import openstack
from keystoneauth1.exceptions import ClientException

URL = 'http://10.77.0.1'
PASSWORD, TARGET = sys.argv[1:]
SERVICES = (
    ('glance', 'image', f'{URL}:9292'),
    ('placement', 'placement', f'{URL}:8778'),
    ('nova', 'compute', f'{URL}:8774/v2.1'),
    ('neutron', 'network', f'{URL}:9696'),
)


def connect(user, project, password):
    """A connection, as soon as Keystone answers (60 s at most)."""
    cloud = openstack.connect(region_name='RegionOne', auth={
        'auth_url': f'{URL}:5000/v3', 'username': user, 'password': password, 'project_name': project,
        'user_domain_id': 'default', 'project_domain_id': 'default'})
    end = time.monotonic() + 60
    while True:
        try:
            cloud.authorize()
            return cloud.identity
        except (ClientException, openstack.exceptions.SDKException):
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def service_accounts(identity):
    project = identity.create_project(name='service', domain_id='default')
    roles = [identity.find_role('admin'), identity.create_role(name='service')]
    for name, kind, url in SERVICES:
        user = identity.create_user(name=name, password=PASSWORD, domain_id='default')
        for role in roles:
            identity.assign_project_role_to_user(project, user, role)
        service = identity.create_service(name=name, type=kind)
        for interface in ('public', 'internal', 'admin'):
            identity.create_endpoint(service_id=service.id, interface=interface, region_id='RegionOne', url=url)


def product_user(identity):
    """User and project `spillway` with the two roles it needs; gives the user and its password."""
    project = identity.create_project(name='spillway', domain_id='default')
    password = secrets.token_hex(16)
    user = identity.create_user(name='spillway', password=password, domain_id='default')
    for role in (identity.find_role('member'), identity.create_role(name='spillway_operator')):
        identity.assign_project_role_to_user(project, user, role)
    return user, password


def application_credential(user, password):
    """Only the user itself may make one, so this signs in as the user."""
    return connect('spillway', 'spillway', password).create_application_credential(
        user, 'spillway', roles=[{'name': 'member'}, {'name': 'spillway_operator'}])


admin = connect('admin', 'admin', PASSWORD)
service_accounts(admin)
credential = application_credential(*product_user(admin))
with open(TARGET, 'w', encoding='utf-8') as file:
    file.write(f'''clouds:
  spillway:
    auth_type: v3applicationcredential
    auth:
      auth_url: "{URL}:5000/v3"
      application_credential_id: "{credential.id}"
      application_credential_secret: "{credential.secret}"
    region_name: RegionOne
''')
