{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{%- set chrony = spillway.chrony %}
{{ dead('chrony-clean', chrony.service) }}

chrony-clean-file-absent:
  file.absent:
    - names: {{ [chrony.conf, chrony.options_file] | json }}
    - require:
      - service: chrony-clean-service-dead

{{ removed('chrony-clean', spillway, chrony.packages, [{'service': 'chrony-clean-service-dead'}]) }}
