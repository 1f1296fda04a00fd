{#- For nodes that may be away: see docs/time.md. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- if spillway.packages.manage %}
clockguard-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.clockguard.packages | json }}
    - require_in:
      - file: clockguard-program-file-managed
{%- endif %}

clockguard-program-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-clockguard
    - source: salt://spillway/clockguard/files/spillway-clockguard
    - mode: '0755'

clockguard-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/spillway-clockguard.service
    - source: salt://spillway/clockguard/files/spillway-clockguard.service.jinja
    - template: jinja
    - context:
        threshold: {{ spillway.clockguard.threshold }}
    - mode: '0644'

clockguard-service-running:
  service.running:
    - name: spillway-clockguard
    - enable: true
    - watch:
      - file: clockguard-program-file-managed
      - file: clockguard-unit-file-managed
