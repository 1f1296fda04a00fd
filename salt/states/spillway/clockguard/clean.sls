{%- from 'spillway/clean.jinja' import dead %}
{{ dead('clockguard-clean', 'spillway-clockguard') }}

clockguard-clean-file-absent:
  file.absent:
    - names: [/etc/systemd/system/spillway-clockguard.service, /usr/local/sbin/spillway-clockguard]
    - require:
      - service: clockguard-clean-service-dead
