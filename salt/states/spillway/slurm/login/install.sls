{#- sackd's configuration and what it needs come first: Debian starts it as its package comes. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set sackd = spillway.slurm.release >= 24.05 %}
{%- if sackd %}
include:
  - spillway.hosts
  - spillway.munge.service
  - .config
{%- endif %}

slurm-login-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.slurm.login_packages | json }}
    {%- if sackd %}
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      - sls: spillway.slurm.login.config
    {%- endif %}
