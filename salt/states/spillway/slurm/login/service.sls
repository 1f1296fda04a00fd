{%- from 'spillway/map.jinja' import spillway with context %}
{%- set taken = ['slurm_controller', 'slurm_compute'] | select('in', spillway.roles) | list %}
{%- set install = spillway.packages.manage and not taken %}
include:
  - spillway.hosts
  - spillway.munge.service
  - .config
  {%- if install %}
  - .install
  {%- endif %}

{%- if not taken and spillway.slurm.release >= 24.05 %}

slurm-login-service-running:
  service.running:
    - name: sackd
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      {%- if install %}
      - sls: spillway.slurm.login.install
      {%- endif %}
    - watch:
      - file: slurm-login-unit-file-managed
{%- endif %}
