{#- Slurm's commands on a machine without slurmd or slurmctld. sackd fetches and keeps the configuration; before Slurm 24.05
    there is none, and the machine has the controller's files, from the same pillar. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/slurm/files.jinja' import slurm_files %}
{%- set taken = ['slurm_controller', 'slurm_compute'] | select('in', spillway.roles) | list %}
{%- if not taken and slurm.release >= 24.05 %}
slurm-login-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/sackd.service.d/spillway.conf
    - mode: '0644'
    - makedirs: true
    - contents: |
        [Service]
        ExecStart=
        ExecStart=/usr/sbin/sackd --systemd --conf-server {{ slurm.controller }}:{{ slurm.port }}
{%- elif not taken %}
{%- if not slurm.partitions %}
{{ raise('login with Slurm ' ~ slurm.release ~ ' has a slurm.conf of its own: give this machine the pillar spillway:slurm of the controller, too') }}
{%- endif %}
{%- if spillway.packages.manage %}
include:
  - .install
{%- endif %}

{{ slurm_files('login', spillway, slurm, [{'sls': 'spillway.slurm.login.install'}] if spillway.packages.manage else []) }}
{%- endif %}
