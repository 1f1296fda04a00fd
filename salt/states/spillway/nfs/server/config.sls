{#- NFS from user space (nfs-ganesha): v4, and v3 with its lock manager if the pillar asks. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set nfs = spillway.nfs %}
{%- if nfs.lease > 180 %}
{{ raise('pillar spillway:nfs:lease is ' ~ nfs.lease ~ ' s; nfs-ganesha takes 180 at most') }}
{%- endif %}
{%- if nfs.courtesy and not 0 <= nfs.courtesy.clients <= 256 %}
{{ raise('pillar spillway:nfs:courtesy:clients is ' ~ nfs.courtesy.clients ~ '; nfs-ganesha takes 0 to 256') }}
{%- endif %}
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
