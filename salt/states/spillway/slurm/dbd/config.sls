{#- slurmdbd.conf: the password is read from the pillar while the file is written, and stands nowhere else. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- set dbd = slurm.dbd %}
{%- set user = slurm.parameters.SlurmUser %}
{%- if not dbd.host %}
{{ raise('pillar spillway:slurm:dbd:host is missing; right is the name of the machine with the role slurm_dbd') }}
{%- endif %}
{%- if 'StoragePass' in dbd.parameters %}
{{ raise('pillar spillway:slurm:dbd:parameters has StoragePass; right is spillway:slurm:dbd:password, which no state shows') }}
{%- endif %}
{%- if spillway.packages.manage %}
include:
  - .install
{%- endif %}

slurm-dbd-log-file-directory:
  file.directory:
    - name: {{ salt['file.dirname'](dbd.parameters.LogFile) }}
    - user: {{ user }}
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.slurm.dbd.install
    {%- endif %}

slurm-dbd-config-file-managed:
  file.managed:
    - name: /etc/slurm/slurmdbd.conf
    - source: salt://spillway/slurm/files/slurmdbd.conf.jinja
    - template: jinja
    - context:
        dbd: {{ dbd | json }}
        user: {{ user }}
    - user: {{ user }}
    - mode: '0600'
    - makedirs: true
    - show_changes: false
    {%- if spillway.packages.manage %}
    - require:
      - sls: spillway.slurm.dbd.install
    {%- endif %}
