{#- Unmounts, never by force: a mount in use stays, and the state fails. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{%- from 'spillway/nfs/units.jinja' import unit %}
{%- set needs = [{'file': 'nfs-client-clean-locks-file-absent'}] %}
{%- for path in spillway.nfs.mounts | sort %}
{%- set id = 'nfs-client-clean-' ~ path %}
{%- do needs.append({'file': id ~ '-file-absent'}) %}
{{ dead(id, unit(path)) }}

{{ id }}-file-absent:
  file.absent:
    - name: '/etc/systemd/system/{{ unit(path) }}'
    - require:
      - service: {{ id }}-service-dead
{% endfor %}
nfs-client-clean-locks-file-absent:
  file.absent:
    - name: /etc/modprobe.d/spillway-nfs.conf

{{ removed('nfs-client-clean', spillway, spillway.nfs.client_packages, needs) }}
