{#- After the configuration and what slurmd needs: Debian starts it as its package comes, and without a controller to ask
    it keeps the package's script waiting for a minute and a half. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
include:
  - spillway.hosts
  - spillway.munge.service
  - .config

slurm-compute-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ spillway.slurm.compute_packages | json }}
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      - sls: spillway.slurm.compute.config
