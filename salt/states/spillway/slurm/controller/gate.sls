{#- The tide's gate, which Slurm calls at each job's start and end. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/slurm/daemon.jinja' import daemon_files %}
{%- if spillway.packages.manage %}
include:
  - .install
{%- endif %}

slurm-controller-gate-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-gate
    - source: salt://spillway/slurm/files/spillway-gate
    - mode: '0755'
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.slurm.controller.install
    {%- endif %}

slurm-controller-gate-conf-file-managed:
  file.managed:
    - name: /etc/spillway/gate/conf
    - source: salt://spillway/slurm/files/gate.conf.jinja
    - template: jinja
    - context:
        gate: {{ slurm.gate | json }}
        daemon: {{ spillway.daemon.url | json }}
    - mode: '0644'
    - makedirs: true
{{ daemon_files('gate', slurm, spillway.daemon) }}
{%- if slurm.gate.start == 'at_once' %}

slurm-controller-gate-at-once-file-managed:
  file.managed:
    - name: /usr/local/sbin/spillway-gate-at-once
    - source: salt://spillway/slurm/files/spillway-gate-at-once
    - mode: '0755'

slurm-controller-gate-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/spillway-gate.service
    - source: salt://spillway/slurm/files/gate.service.jinja
    - template: jinja
    - context:
        user: {{ slurm.parameters.SlurmUser }}
    - mode: '0644'

{#- Before slurm.conf names it (config.sls). It asks slurmctld for the jobs that are there, and waits for the answer as
    long as need be. #}
slurm-controller-gate-service-running:
  service.running:
    - name: spillway-gate
    - enable: true
    - watch:
      - file: slurm-controller-gate-file-managed
      - file: slurm-controller-gate-conf-file-managed
      - file: slurm-controller-gate-unit-file-managed
{%- endif %}
