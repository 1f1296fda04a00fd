{#- salt-api, the proxy before it and what was configured go. The master itself runs on: it may be what runs this;
    restart it. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{{ dead('master-clean-tls', 'spillway-salt-api-tls') }}
{{ dead('master-clean-api', 'salt-api') }}

master-clean-file-absent:
  file.absent:
    - names:
      - /etc/salt/master.d/spillway.conf
      - /etc/salt/cloud.providers.d/spillway.conf
      - /etc/salt/cloud.profiles.d/spillway.conf
      - /etc/salt/spillway
      - /etc/systemd/system/spillway-salt-api-tls.service
    - require:
      - service: master-clean-tls-service-dead
      - service: master-clean-api-service-dead

{#- Where salt-api ends TLS itself, haproxy is the site's. #}
{%- if spillway.master.api.get('tls') == 'haproxy' %}
{{ removed('master-clean', spillway, spillway.master.haproxy.packages, [{'service': 'master-clean-tls-service-dead'}]) }}
{%- endif %}
