{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
slurm-controller-package-pkg-installed:
  pkg.installed:
    {#- Slurm's calls of spillway-power and spillway-gate are Python's. #}
    - pkgs: {{ (spillway.slurm.controller_packages
        + (['python3'] if slurm.power_saving.nodes or slurm.gate.hosts else [])) | json }}
