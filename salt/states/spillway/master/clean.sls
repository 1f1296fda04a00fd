{#- salt-api and what was configured go. The master itself runs on: it may be what runs this; restart it. -#}
{%- from 'spillway/clean.jinja' import dead %}
{{ dead('master-clean-api', 'salt-api') }}

master-clean-file-absent:
  file.absent:
    - names:
      - /etc/salt/master.d/spillway.conf
      - /etc/salt/cloud.providers.d/spillway.conf
      - /etc/salt/cloud.profiles.d/spillway.conf
      - /etc/salt/spillway
    - require:
      - service: master-clean-api-service-dead
