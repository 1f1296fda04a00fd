{%- from 'spillway/map.jinja' import spillway with context %}
include:
  - .config

chrony-service-running:
  service.running:
    - name: {{ spillway.chrony.service }}
    - enable: true
    - watch:
      - file: chrony-config-file-managed
      - file: chrony-options-file-managed
