{%- from 'spillway/slurm/map.jinja' import slurm with context %}
slurm-dbd-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ (slurm.dbd.packages + (slurm.dbd.database_packages if slurm.dbd.manage_database else [])) | json }}
