{#- slurmd, without a slurm.conf of its own: the controller sends it. Known to the controller by a line
    (static) or by its own registration (dynamic); which of them the pillar says, and nothing else differs. -#}
{%- from 'spillway/map.jinja' import spillway with context %}
{%- set slurm = spillway.slurm %}
include:
  - spillway.hosts
  - spillway.munge

{%- if spillway.packages.manage %}

slurm-compute-package-pkg-installed:
  pkg.installed:
    - pkgs: {{ slurm.compute_packages | json }}
    - require_in:
      - file: slurm-compute-unit-file-managed
{%- endif %}

slurm-compute-unit-file-managed:
  file.managed:
    - name: /etc/systemd/system/slurmd.service.d/spillway.conf
    - source: salt://spillway/slurm/files/slurmd.conf.jinja
    - template: jinja
    - context:
        server: {{ slurm.controller }}:{{ slurm.port }}
        node: {{ slurm.node | json }}
        mounts: {{ (spillway.nfs.mounts if 'nfs_client' in spillway.roles else {}) | sort | json }}
    - mode: '0644'
    - makedirs: true

slurm-compute-service-running:
  service.running:
    - name: slurmd
    - enable: true
    - require:
      - sls: spillway.hosts
      - sls: spillway.munge
    - watch:
      - file: slurm-compute-unit-file-managed
