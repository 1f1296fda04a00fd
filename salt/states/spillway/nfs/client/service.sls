{%- from 'spillway/nfs/units.jinja' import unit %}
include:
  - .config

{%- for path in salt['pillar.get']('spillway:nfs:mounts', {}) | sort %}

nfs-client-{{ path }}-service-running:
  service.running:
    - name: '{{ unit(path) }}'
    - enable: true
    - require:
      - sls: spillway.nfs.client.config
{%- endfor %}
