{%- from 'spillway/map.jinja' import spillway with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{%- set slurm = spillway.slurm %}
{%- set taken = ['slurm_controller', 'slurm_compute'] | select('in', spillway.roles) | list %}
{%- if not taken %}
{%- if slurm.release >= 24.05 %}
{{ dead('slurm-login-clean', 'sackd') }}
{%- endif %}

slurm-login-clean-file-absent:
  file.absent:
    - names:
      {%- if slurm.release >= 24.05 %}
      - /etc/systemd/system/sackd.service.d/spillway.conf
      {%- else %}
      - /etc/slurm/slurm.conf
      - /etc/slurm/nodes.conf
      - /etc/slurm/cgroup.conf
      - /usr/local/sbin/spillway-check-slurm-conf
      {%- endif %}

{{ removed('slurm-login-clean', spillway, slurm.login_packages, [{'file': 'slurm-login-clean-file-absent'}]) }}
{%- endif %}
