{#- Slurm's commands on a machine without slurmd or slurmctld: sackd fetches and keeps the configuration. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set slurm = spillway.slurm %}
{%- set taken = ['slurm_controller', 'slurm_compute'] | select('in', spillway.roles) | list %}
include:
  - spillway.hosts
  - spillway.munge

{%- if not taken %}
{%- if spillway.packages.manage %}

slurm-login-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ slurm.login_packages | json }}
    - require_in:
      - file: slurm-login-unit-file-managed
{%- endif %}

slurm-login-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/sackd.service.d/spillway.conf
    - mode: '0644'
    - makedirs: true
    - contents: |
        [Service]
        ExecStart=
        ExecStart=/usr/sbin/sackd --systemd --conf-server {{ slurm.controller }}:{{ slurm.port }}

slurm-login-service-running:
  service.running:
    - name: sackd
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge
    - watch:
      - file: slurm-login-unit-file-managed
{%- endif %}
