{#- slurmctld, after slurmdbd where that is here: without it a first start with accounting fails. -#}
{%- from 'spillway/slurm/map.jinja' import spillway, slurm with context %}
include:
  - spillway.hosts
  - spillway.munge.service
  {%- if 'slurm_dbd' in spillway.roles %}
  - spillway.slurm.dbd.service
  {%- endif %}
  - .config

{%- if 'slurm_dbd' in spillway.roles %}

slurm-controller-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/slurmctld.service.d/spillway.conf
    - contents: |
        # Kept by Salt (spillway.slurm.controller).
        [Unit]
        After=slurmdbd.service
    - mode: '0644'
    - makedirs: true
    - require_in:
      - service: slurm-controller-service-running
{%- endif %}

slurm-controller-service-running:
  service.running:
    - name: slurmctld
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge.service
      {%- if 'slurm_dbd' in spillway.roles %}
      - sls: spillway.slurm.dbd.service
      {%- endif %}
      {#- Not the sls: what it includes would count, the run's last state too. #}
      - file: slurm-controller-nodes.conf-file-managed
      - file: slurm-controller-state-file-directory
      - file: slurm-controller-log-file-directory
    - watch:
      - file: slurm-controller-slurm.conf-file-managed
      - file: slurm-controller-cgroup.conf-file-managed
      {#- Slurm before 23.11 ends itself when a reconfigure brings another number of nodes. #}
      {%- if not slurm.nodes_by_reconfigure %}
      - file: slurm-controller-nodes.conf-file-managed
      {%- endif %}

{#- Takes in new nodes, and after a restart brings the new files to the nodes that are there. #}
slurm-controller-cmd-run:
  cmd.run:
    - name: scontrol reconfigure
    - onchanges:
      - file: slurm-controller-nodes.conf-file-managed
      - file: slurm-controller-slurm.conf-file-managed
      - file: slurm-controller-cgroup.conf-file-managed
    - require:
      - service: slurm-controller-service-running
