{#- MariaDB, then slurmdbd; slurmctld waits until it answers. -#}
{%- from 'spillway/slurm/map.jinja' import slurm with context %}
include:
  - spillway.hosts
  - spillway.munge.service
  - .config
  {%- if slurm.dbd.manage_database %}
  - .database
  {%- endif %}

slurm-dbd-service-running:
  service.running:
    - name: slurmdbd
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      {%- if slurm.dbd.manage_database %}
      - sls: spillway.slurm.dbd.database
      {%- endif %}
    - watch:
      - file: slurm-dbd-config-file-managed

{#- It makes its tables before it listens. #}
slurm-dbd-cmd-run:
  cmd.run:
    - name: timeout 60 bash -c 'until ss -ltnH "sport = :{{ slurm.dbd.port }}" | grep -q .; do sleep 0.2; done'
    - onchanges:
      - service: slurm-dbd-service-running
