{%- set manage = salt['pillar.get']('spillway:packages:manage', true) %}
{%- if manage %}
include:
  - .install
{%- endif %}

{#- The file exists with its owner and mode before the secret comes into it. #}
munge-key-file-managed:
  file.managed:
    - name: /etc/munge/munge.key
    - user: munge
    - group: munge
    - mode: '0400'
    - replace: false
    - show_changes: false
    {%- if manage %}
    - require:
      - sls: spillway.munge.install
    {%- endif %}

munge-key-file-decode:
  file.decode:
    - name: /etc/munge/munge.key
    - encoding_type: base64
    - contents_pillar: spillway:munge:key
    - checksum: sha256
    - require:
      - file: munge-key-file-managed
