{#- chronyd's configuration: a server's where the node has that role, else a client's. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set chrony = spillway.chrony %}
{%- if spillway.packages.manage %}
include:
  - .install
{%- endif %}

chrony-config-file-managed:
  file.managed:
    - name: {{ chrony.conf }}
    - source: salt://spillway/chrony/files/{{ 'server' if 'chrony_server' in spillway.roles else 'client' }}.conf.jinja
    - template: jinja
    - context:
        chrony: {{ chrony | json }}
    - mode: '0644'
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.chrony.install
    {%- endif %}

chrony-options-file-managed:
  file.managed:
    - name: {{ chrony.options_file }}
    - contents: {{ (chrony.options if chrony.set_clock else chrony.options_no_clock) | json }}
    - mode: '0644'
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.chrony.install
    {%- endif %}
