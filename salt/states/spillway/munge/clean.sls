{#- A key that is not the pillar's is another's, and stays. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{%- set key = '/etc/munge/munge.key' %}
{%- set ours = salt['pillar.get']('spillway:munge:key', '').split() | join %}
{%- set there = salt['hashutil.base64_encodefile'](key).split() | join if salt['file.file_exists'](key) else '' %}
{{ dead('munge-clean', 'munge') }}

{%- if there and there == ours %}

munge-clean-key-file-absent:
  file.absent:
    - name: {{ key }}
    - require:
      - service: munge-clean-service-dead
{%- endif %}

{{ removed('munge-clean', spillway, spillway.munge.packages, [{'service': 'munge-clean-service-dead'}]) }}
