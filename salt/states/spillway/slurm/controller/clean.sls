{#- slurmctld's state (jobs, reservations) and its log stay. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
{%- from 'spillway/clean.jinja' import dead, removed %}
{{ dead('slurm-controller-clean', 'slurmctld') }}
{{ dead('slurm-controller-clean-gate', 'spillway-gate') }}
{{ dead('slurm-controller-clean-nudge', 'spillway-nudge') }}

slurm-controller-clean-file-absent:
  file.absent:
    - names:
      - /etc/slurm/slurm.conf
      - /etc/slurm/nodes.conf
      - /etc/slurm/cgroup.conf
      - /etc/systemd/system/slurmctld.service.d/spillway.conf
      - /etc/systemd/system/spillway-gate.service
      - /etc/systemd/system/spillway-nudge.service
      - /etc/spillway/power
      - /etc/spillway/gate
      - /etc/salt/minion.d/spillway-slurm-events.conf
      - /usr/local/libexec/spillway-slurm-event
      {%- for program in ['check-slurm-conf', 'power', 'resume', 'suspend', 'resume-fail', 'gate', 'gate-at-once',
                          'nudge'] %}
      - /usr/local/sbin/spillway-{{ program }}
      {%- endfor %}
    - require:
      - service: slurm-controller-clean-service-dead
      - service: slurm-controller-clean-gate-service-dead
      - service: slurm-controller-clean-nudge-service-dead

{#- One that is the site's own stays. #}
slurm-controller-clean-job-submit-file-absent:
  file.absent:
    - name: /etc/slurm/job_submit.lua
    - onlyif:
      - fun: file.search
        path: /etc/slurm/job_submit.lua
        pattern: Kept by Salt .spillway
        ignore_if_missing: true
    - require:
      - service: slurm-controller-clean-service-dead

{{ removed('slurm-controller-clean', spillway, slurm.controller_packages, [{'service': 'slurm-controller-clean-service-dead'}]) }}
