{%- from 'spillway/map.jinja' import spillway with context %}
{%- if spillway.packages.manage %}
munge-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.munge.packages | json }}
    - require_in:
      - file: munge-key-file-managed
{%- endif %}

{#- The file exists with its owner and mode before the secret comes into it. #}
munge-key-file-managed:
  file.managed:
    - name: /etc/munge/munge.key
    - user: munge
    - group: munge
    - mode: '0400'
    - replace: false
    - show_changes: false

munge-key-file-decode:
  file.decode:
    - name: /etc/munge/munge.key
    - encoding_type: base64
    - contents_pillar: spillway:munge:key
    - checksum: sha256
    - require:
      - file: munge-key-file-managed

munge-service-running:
  service.running:
    - name: munge
    - enable: true
    - watch:
      - file: munge-key-file-decode
