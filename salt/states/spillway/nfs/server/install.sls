{%- from 'spillway/map.jinja' import spillway with context %}
{%- set nfs = spillway.nfs %}
nfs-server-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ (nfs.server_packages + (['rpcbind'] if 3 in nfs.protocols else [])) | json }}
