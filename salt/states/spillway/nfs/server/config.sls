{#- NFS from user space (nfs-ganesha): v4, and v3 with its lock manager if the pillar asks. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set nfs = spillway.nfs %}
{%- if spillway.packages.manage %}
include:
  - .install
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
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.nfs.server.install
    {%- endif %}

{%- for name, export in nfs.exports | dictsort %}

nfs-server-export-{{ name }}-file-directory:
  file.directory:
    - name: {{ export.path }}
    - makedirs: true
{%- endfor %}
