{#- What runs of a job goes on until it ends (KillMode of the unit); drain the node first. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{{ dead('slurm-compute-clean', 'slurmd') }}

slurm-compute-clean-file-absent:
  file.absent:
    - name: /etc/systemd/system/slurmd.service.d/spillway.conf
    - require:
      - service: slurm-compute-clean-service-dead

{{ removed('slurm-compute-clean', spillway, spillway.slurm.compute_packages, [{'service': 'slurm-compute-clean-service-dead'}]) }}
