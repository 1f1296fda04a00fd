{#- slurmctld looks at its queue as soon as a job is submitted to some partitions; job_submit.lua tells of it. -#}
{%- from 'spillway/slurm/map.jinja' import slurm with context %}
include:
  - .service

slurm-controller-nudge-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-nudge
    - source: salt://spillway/slurm/files/spillway-nudge
    - mode: '0755'

slurm-controller-nudge-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/spillway-nudge.service
    - source: salt://spillway/slurm/files/nudge.service.jinja
    - template: jinja
    - context:
        user: {{ slurm.parameters.SlurmUser }}
    - mode: '0644'

{#- It asks slurmctld for its release. #}
slurm-controller-nudge-service-running:
  service.running:
    - name: spillway-nudge
    - enable: true
    - require:
      - service: slurm-controller-service-running
    - watch:
      - file: slurm-controller-nudge-file-managed
      - file: slurm-controller-nudge-unit-file-managed
