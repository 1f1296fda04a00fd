{#- The Salt master as Spillway needs it: salt-api whose one door is the runner `spillway`, and salt-cloud.
    The programs themselves (salt-master, salt-api, the extension) are there already: they run this. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead %}
{%- set master = spillway.master %}
master-config-file-managed:
  file.managed:
    - name: /etc/salt/master.d/spillway.conf
    - source: salt://spillway/master/files/master.conf.jinja
    - template: jinja
    - mode: '0644'
    - makedirs: true

master-service-running:
  service.running:
    - name: salt-master
    - enable: true
    - watch:
      - file: master-config-file-managed
{%- for kind in ['providers', 'profiles'] if kind in master.get('cloud', {}) %}

master-cloud-{{ kind }}-file-serialize:
  file.serialize:
    - name: /etc/salt/cloud.{{ kind }}.d/spillway.conf
    - dataset_pillar: spillway:master:cloud:{{ kind }}
    - serializer: yaml
    - user: {{ master.user }}
    - mode: '0600'
    - makedirs: true
    - show_changes: false
{%- endfor %}
{%- if master.api %}

{#- Whose master it is, and nobody else, reads what is in it. #}
master-api-file-directory:
  file.directory:
    - name: /etc/salt/spillway
    - user: {{ master.user }}
    - mode: '0700'
    - makedirs: true
{%- for file, key in {'users': 'password_line', 'api.crt': 'certificate', 'api.key': 'private_key'}.items() %}

master-api-{{ file }}-file-managed:
  file.managed:
    - name: /etc/salt/spillway/{{ file }}
    - contents_pillar: spillway:master:api:{{ key }}
    - user: {{ master.user }}
    - mode: '0600'
    - show_changes: false
    - require:
      - file: master-api-file-directory
    - require_in:
      - file: master-config-file-managed
{%- endfor %}

{%- if master.api.tls == 'salt-api' %}

{{ dead('master-tls', 'spillway-salt-api-tls', before='master-api-service-running') }}
{%- endif %}

master-api-service-running:
  service.running:
    - name: salt-api
    - enable: true
    - require:
      - service: master-service-running
    - watch:
      - file: master-config-file-managed
      - file: master-api-*
{%- if master.api.tls == 'haproxy' %}
{%- if spillway.packages.manage %}

master-tls-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ master.haproxy.packages | json }}
    - require_in:
      - file: master-tls-config-file-managed
{%- endif %}

master-tls-config-file-managed:
  file.managed:
    - name: /etc/salt/spillway/haproxy.cfg
    - source: salt://spillway/master/files/haproxy.cfg.jinja
    - template: jinja
    - mode: '0644'
    - check_cmd: haproxy -c -q -f
    - require:
      - file: master-api-*

master-tls-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/spillway-salt-api-tls.service
    - source: salt://spillway/master/files/spillway-salt-api-tls.service
    - mode: '0644'

{#- after salt-api, which had that port before #}
master-tls-service-running:
  service.running:
    - name: spillway-salt-api-tls
    - enable: true
    - require:
      - service: master-api-service-running
    - watch:
      - file: master-tls-*
      - file: master-api-*
{%- endif %}
{%- endif %}
