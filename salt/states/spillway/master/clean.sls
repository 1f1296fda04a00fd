{#- salt-api, the proxy before it and what was configured go. The master itself runs on: it may be what runs this;
    restart it. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{%- set proxied = spillway.master.api.get('tls') == 'haproxy' %}
{%- if proxied %}
{{ dead('master-clean-tls', 'spillway-salt-api-tls') }}
{%- endif %}
{{ dead('master-clean-api', 'salt-api') }}

master-clean-file-absent:
  file.absent:
    - names:
      - /etc/salt/master.d/spillway.conf
      - /etc/salt/cloud.providers.d/spillway.conf
      - /etc/salt/cloud.profiles.d/spillway.conf
      - /etc/salt/spillway
{%- if proxied %}
      - /etc/systemd/system/spillway-salt-api-tls.service
{%- endif %}
    - require:
      - service: master-clean-api-service-dead
{%- if proxied %}
      - service: master-clean-tls-service-dead

{{ removed('master-clean', spillway, spillway.master.haproxy.packages, [{'service': 'master-clean-tls-service-dead'}]) }}
{%- endif %}
