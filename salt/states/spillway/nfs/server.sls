{#- NFS from user space (nfs-ganesha): v4, and v3 with its lock manager if the pillar asks. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set nfs = spillway.nfs %}
{%- if spillway.packages.manage %}
nfs-server-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ (nfs.server_packages + (['rpcbind'] if 3 in nfs.protocols else [])) | json }}
    - require_in:
      - file: nfs-server-config-file-managed
{%- endif %}

nfs-server-config-file-managed:
  file.managed:
    - name: /etc/ganesha/ganesha.conf
    - source: salt://spillway/nfs/files/ganesha.conf.jinja
    - template: jinja
    - context:
        nfs: {{ nfs | json }}
    - mode: '0644'
    - makedirs: true

{%- for name, export in nfs.exports | dictsort %}

nfs-server-export-{{ name }}-file-directory:
  file.directory:
    - name: {{ export.path }}
    - makedirs: true
    - require_in:
      - service: nfs-server-service-running
{%- endfor %}

nfs-server-service-running:
  service.running:
    - name: nfs-ganesha
    - enable: true
    - watch:
      - file: nfs-server-config-file-managed
