{#- slurmctld's files. They reach the nodes by Slurm itself (configless). -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/slurm/files.jinja' import slurm_files %}
{%- set install = spillway.packages.manage %}
{%- set parts = (['install'] if install else []) + (['events'] if slurm.events.hooks else [])
      + (['power'] if slurm.power_saving.nodes else []) + (['gate'] if slurm.gate.hosts else [])
      + (['job_submit'] if slurm.tells_submissions else []) %}
{%- if parts %}
include:
{%- for part in parts %}
  - .{{ part }}
{%- endfor %}
{%- endif %}

slurm-controller-state-file-directory:
  file.directory:
    - name: {{ slurm.parameters.StateSaveLocation }}
    - user: {{ slurm.parameters.SlurmUser }}
    - mode: '0755'
    - makedirs: true
    {%- if install %}
    - require:
      - sls: spillway.slurm.controller.install
    {%- endif %}

slurm-controller-log-file-directory:
  file.directory:
    - name: {{ salt['file.dirname'](slurm.parameters.SlurmctldLogFile) }}
    - user: {{ slurm.parameters.SlurmUser }}
    {%- if install %}
    - require:
      - sls: spillway.slurm.controller.install
    {%- endif %}

{#- What slurm.conf names is there before it. Not all of events: its last state is the whole run's last, too. #}
{%- set needs = [] %}
{%- for part in parts %}
{%- do needs.append({'file': 'slurm-controller-event-file-managed'} if part == 'events'
      else {'sls': 'spillway.slurm.controller.' ~ part}) %}
{%- endfor %}
{{ slurm_files('controller', spillway, slurm, needs) }}
