{#- What was exported stays as it is. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{{ dead('nfs-server-clean', 'nfs-ganesha') }}

nfs-server-clean-file-absent:
  file.absent:
    - name: /etc/ganesha/ganesha.conf
    - require:
      - service: nfs-server-clean-service-dead

{{ removed('nfs-server-clean', spillway, spillway.nfs.server_packages, [{'service': 'nfs-server-clean-service-dead'}]) }}
